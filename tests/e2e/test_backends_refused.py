"""Repositories that can't become a Space as they are: one reading says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.bundle import BundleRequest, build_bundle
from deployer.errors import Exit, Refused
from deployer.model import SpaceId

APP = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/health")\ndef health(): ...\n'
REQUIREMENTS = "fastapi==0.165.0\nuvicorn==0.54.0\n"
BACKEND = {"backend/main.py": APP, "backend/requirements.txt": REQUIREMENTS}
KEY = "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n".format(
    "PRIVATE " + "KEY",
    "\n".join(("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" * 2,) * 12),
)
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 48211\n".format(
    "3f" * 32
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A repository; the exit code, the place and the words of what is said of it."""

    files: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    exit: Exit = Exit.BUNDLE
    where: str
    words: tuple[str, ...]


ROWS = {
    "a private key that would ship": Row(
        files={**BACKEND, "backend/certs/server.pem": KEY},
        where="backend/certs/server.pem:1",
        words=("private key",),
    ),
    "a link that leaves the backend": Row(
        files=BACKEND,
        links={"backend/hosts": "/etc/hosts"},
        where="backend/hosts",
        words=("link", "leaves"),
    ),
    "a git-lfs pointer in place of the file": Row(
        files={**BACKEND, "backend/index.faiss": POINTER},
        where="backend/index.faiss",
        words=("lfs: true",),
    ),
    "several folders with an app": Row(
        files={
            "chat/main.py": APP,
            "chat/requirements.txt": REQUIREMENTS,
            "search/main.py": APP,
            "search/requirements.txt": REQUIREMENTS,
        },
        exit=Exit.CONFIGURATION,
        where="input `backend`",
        words=("`chat`", "`search`", "backend: chat"),
    ),
    "several apps and nothing that tells them apart": Row(
        files={
            "backend/first.py": APP,
            "backend/second.py": APP,
            "backend/requirements.txt": REQUIREMENTS,
        },
        exit=Exit.CONFIGURATION,
        where="input `app`",
        words=("first:app", "second:app"),
    ),
    "no app anywhere": Row(
        files={"backend/main.py": "print('hello')\n", "backend/requirements.txt": REQUIREMENTS},
        where="backend",
        words=("FastAPI", "`app`"),
    ),
    "an index address with credentials": Row(
        files={
            **BACKEND,
            "backend/requirements.txt": "--index-url https://ada:pw-of-ada@packages.example/simple\n"
            + REQUIREMENTS,
        },
        where="backend/requirements.txt:1",
        words=("credential",),
    ),
    "a dependency outside the repository": Row(
        files={**BACKEND, "backend/requirements.txt": f"{REQUIREMENTS}-e ../../common-code\n"},
        where="backend/requirements.txt:3",
        words=("../../common-code",),
    ),
    "a conda environment without a pip part": Row(
        files={
            "backend/main.py": APP,
            "backend/environment.yml": "name: chat\ndependencies:\n  - python=3.11\n  - fastapi\n",
        },
        where="backend/environment.yml:4",
        words=("conda", "requirements.txt"),
    ),
    "a secret written into a Dockerfile": Row(
        files={
            **BACKEND,
            "backend/Dockerfile": "FROM python:3.11-slim\nENV DATABASE_PASSWORD=Xk29-vTq7-Lm83\n"
            'COPY . .\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n',
        },
        where="backend/Dockerfile:2",
        words=("DATABASE_PASSWORD",),
    ),
    "a file that was never written to its end": Row(
        files={**BACKEND, "backend/main.py": APP + "\ndef broken(:\n"},
        where="backend/main.py:9",
        words=("syntax",),
    ),
    "an import that nothing provides": Row(
        files={**BACKEND, "backend/main.py": "from .store import rows\n" + APP},
        where="backend/main.py:1",
        words=("store",),
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_it_is_refused_with_the_place_and_what_to_do(row: Row, tmp_path: Path) -> None:
    write(row, tmp_path)
    with pytest.raises(Refused) as caught:
        plan(tmp_path)
    assert caught.value.exit is row.exit
    said = [(str(each.where or ""), str(each)) for each in caught.value.problems]
    fitting = [text for place, text in said if place == row.where]
    assert any(all(word in text for word in row.words) for text in fitting), said
    assert all(each.hint for each in caught.value.problems), "each says what to do"


def test_all_of_it_is_told_at_once(tmp_path: Path) -> None:
    names = ("a private key that would ship", "a git-lfs pointer in place of the file")
    for name in names:
        write(ROWS[name], tmp_path)
    write(ROWS["an index address with credentials"], tmp_path)
    with pytest.raises(Refused) as caught:
        plan(tmp_path)
    places = {str(each.where) for each in caught.value.problems}
    assert {ROWS[name].where for name in names} | {"backend/requirements.txt:1"} <= places


def test_no_message_repeats_a_credential(tmp_path: Path) -> None:
    for name in ("an index address with credentials", "a secret written into a Dockerfile"):
        write(ROWS[name], tmp_path)
    with pytest.raises(Refused) as caught:
        plan(tmp_path)
    said = repr(caught.value) + "".join(map(str, caught.value.problems))
    assert "pw-of-ada" not in said
    assert "Xk29-vTq7-Lm83" not in said


def write(row: Row, root: Path) -> None:
    for path, text in row.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for path, target in row.links.items():
        (root / path).symlink_to(target)


def plan(root: Path) -> None:
    build_bundle(BundleRequest(space=SpaceId(owner="me", name="refused")), Workspace(root))
