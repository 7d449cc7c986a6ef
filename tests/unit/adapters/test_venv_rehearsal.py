"""The parts of a rehearsal without Docker: arguments of pip, paths of the image, its refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.adapters.image_root import ImageRoot
from deployer.adapters.python_environment import environment, portable
from deployer.adapters.venv_rehearsal import VenvRehearsal
from deployer.errors import Refused
from deployer.image.recipe import Copy, read_recipe
from deployer.model import BundleFile, Digest
from tests.real.ports import free_port

MADE = """FROM python:3.11-slim
ENV HOME=/home/user PATH=/home/user/.local/bin:$PATH DATA=/data SRC=/home/user/app/src:/opt
RUN mkdir -p /home/user/app /data
WORKDIR /home/user/app
COPY . .
CMD ["./start.sh", "--dir", "/home/user/app/files", "--other", "/home/username"]
"""


@pytest.fixture
def root(tmp_path: Path) -> ImageRoot:
    return ImageRoot(tmp_path / "root", read_recipe(MADE.encode(), {}))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("--no-cache-dir -r requirements.txt", "-r requirements.txt"),
        ("--prefix=/install --user -rlist.txt", "-rlist.txt"),
        ("--target /x fastapi[all]==1 --progress-bar off", "fastapi[all]==1"),
        (
            "--system torch --index-url https://cpu.example.com",
            "torch --index-url https://cpu.example.com",
        ),
        ("--extra-index-url=https://a.example.com x", "--extra-index-url=https://a.example.com x"),
        (
            "--require-hashes --no-deps -c limits.txt .",
            "--require-hashes --no-deps -c limits.txt .",
        ),
    ],
)
def test_pip_s_arguments_keep_what_means_the_same_here(given: str, kept: str) -> None:
    assert portable(given.split()) == tuple(kept.split())


def test_an_installation_sees_indexes_and_none_of_the_job_s_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PIP_INDEX_URL", "HTTPS_PROXY", "GITHUB_TOKEN", "INPUT_HF_TOKEN", "PIP_TARGET"):
        monkeypatch.setenv(name, "x")
    seen = environment()
    assert {"PIP_INDEX_URL", "HTTPS_PROXY", "PATH"} <= set(seen)
    assert not {"GITHUB_TOKEN", "INPUT_HF_TOKEN", "PIP_TARGET"} & set(seen)


def test_paths_that_the_image_makes_are_those_below_the_root(root: ImageRoot) -> None:
    here = str(root.place)
    values = root.environment()
    assert values["HOME"] == f"{here}/home/user"
    assert values["SRC"] == f"{here}/home/user/app/src:/opt"
    assert values["DATA"] == "/data"
    assert root.folder == root.place / "home/user/app"


def test_the_command_is_found_beside_the_app_and_its_paths_are_mapped(root: ImageRoot) -> None:
    (root.folder / "start.sh").write_text("#!/bin/sh\n")
    (root.folder / "start.sh").chmod(0o755)
    words = root.command("/usr/bin")
    assert words[0] == str(root.folder / "start.sh")
    assert words[2] == f"{root.place}/home/user/app/files"
    assert words[4] == "/home/username"


def test_folders_outside_the_app_s_own_are_told_of(root: ImageRoot) -> None:
    (notice,) = root.notices()
    assert "makes `/data` for the app, which is not done on this machine" in notice.message


def test_a_link_to_the_app_s_folder_is_told_of(tmp_path: Path) -> None:
    text = MADE.replace("/app /data", "/app && ln -s /home/user/app /app")
    [notice] = ImageRoot(tmp_path, read_recipe(text.encode(), {})).notices()
    assert "makes `/app` for the app" in notice.message


def test_copies_follow_docker_s_rule_for_files_and_folders(root: ImageRoot, tmp_path: Path) -> None:
    space = tmp_path / "space"
    (space / "app").mkdir(parents=True)
    (space / "app/main.py").write_text("1")
    (space / "a.txt").write_text("a")
    assert root.copy(Copy(sources=("app",), target="/srv/"), space) == ""
    assert root.copy(Copy(sources=("a.txt",), target="/srv/b.txt"), space) == ""
    assert root.copy(Copy(sources=("*.txt",), target="/etc/x/"), space) == ""
    found = {p.relative_to(root.place).as_posix() for p in root.place.rglob("*") if p.is_file()}
    assert found == {"srv/main.py", "srv/b.txt", "etc/x/a.txt"}
    assert "`COPY none` finds nothing" in root.copy(Copy(sources=("none",), target="/"), space)


def test_nothing_is_copied_out_of_the_root(root: ImageRoot, tmp_path: Path) -> None:
    (tmp_path / "space").mkdir()
    (tmp_path / "space/a").write_text("a")
    root.copy(Copy(sources=("a",), target="/../outside"), tmp_path / "space")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("RUN poetry install", "`RUN poetry install` takes a container"),
        ("# nothing starts", "no CMD and no ENTRYPOINT"),
    ],
)
def test_a_file_that_takes_a_container_is_refused_at_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM python:3.11\n{line}\n")
    file = BundleFile(
        path="Dockerfile", digest=Digest(size=1, blob="", sha256=""), source="Dockerfile"
    )
    made = VenvRehearsal("none", workspace=tmp_path, temp=tmp_path / "temp")
    with pytest.raises(Refused, match=r"Dockerfile:[12]: ") as refused:
        made.build([file], port=7860, entries=(), seconds=9, say=lambda _: None)
    assert said in str(refused.value)
    made.close()


def followed(tmp_path: Path, code: str) -> list[str]:
    """What a build says whose one RUN is this Python; it was closed since."""
    content = f"FROM python:3.11-slim\nENV OWN=x\nRUN python -c '{code}'\nCMD [\"true\"]\n".encode()
    digest = Digest(size=len(content), blob="", sha256="")
    file = BundleFile(path="Dockerfile", digest=digest, content=content)
    rehearsal, said = VenvRehearsal("none", workspace=tmp_path, temp=tmp_path), list[str]()
    built = rehearsal.build([file], port=free_port(), entries=(), seconds=60, say=said.append)
    rehearsal.close()
    assert not built.error
    return said


def test_a_step_sees_none_of_the_job_s_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
    said = followed(tmp_path, "import os; print(sorted(os.environ))")[-1]
    assert "'OWN'" in said
    assert "GITHUB_TOKEN" not in said


def test_nothing_is_left_of_a_rehearsal_that_was_closed(tmp_path: Path) -> None:
    folder = Path(followed(tmp_path, "import os; print(os.getcwd())")[-1])
    assert folder.is_absolute()
    assert not folder.exists()
    assert not folder.parents[0].exists()


def test_a_start_script_that_is_not_executable_is_told_as_a_container_does(tmp_path: Path) -> None:
    content = b'FROM python:3.11-slim\nWORKDIR /srv\nCOPY . .\nENTRYPOINT ["./start.sh"]\n'
    digest = Digest(size=len(content), blob="", sha256="")
    files = [
        BundleFile(path="Dockerfile", digest=digest, content=content),
        BundleFile(path="start.sh", digest=digest, content=b"#!/bin/sh\n"),
    ]
    rehearsal = VenvRehearsal("there is none", workspace=tmp_path, temp=tmp_path)
    try:
        built = rehearsal.build(files, port=free_port(), entries=(), seconds=60, say=lambda _: None)
        assert not built.error
        assert rehearsal.start(()).lines() == ("exec /srv/start.sh: permission denied",)
    finally:
        rehearsal.close()
