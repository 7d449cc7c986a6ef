"""The whole program on hostile inputs, names and secrets: never a traceback, never a command.

What is asked of every run: an exit code of the table and never 70, no traceback, no line that the
runner would take for a command of somebody else's, no secret.
"""

from __future__ import annotations

import io
import re
import string
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deployer.cli import main
from deployer.settings import INPUTS
from tests.real.canaries import found

CODES = {0, 2, 3, 4, 5, 6, 7}
OURS = re.compile(r"::(add-mask|group|endgroup|error|warning|notice)( [^:]*)?::")
PLANTED = "pwned"
HOSTILE = st.sampled_from(
    [
        f"::error::{PLANTED}",
        f"\n::error::{PLANTED}",
        f"\r::set-output name=x::{PLANTED}",
        f"%0A::stop-commands::{PLANTED}",
        f"\u2028##[error]{PLANTED}",
        f"a\x85::add-path::{PLANTED}",
        "../../etc/passwd",
        "\x1b[2J",
        "{{ '{{' }}",
        "a\\nb: [",
        "${{ secrets.X }}",
        "!!python/object:os.system",
        "---\nsdk: static\n---",
        "\ud800",
        "🚀" * 50,
        "9" * 400,
        "true\n",
        "-rf",
    ]
)
# What the environment of a process can hold: everything but NUL, and no lone surrogates.
TEXT = st.one_of(
    HOSTILE.filter(lambda text: text.isprintable() or "\ud800" not in text),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
    st.from_regex(r"[\w./:@ -]{0,30}", fullmatch=True),
)
BACKEND = {
    "backend/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "backend/requirements.txt": "fastapi\nuvicorn\n",
}
FEW = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def run(inputs: Mapping[str, str], files: Mapping[str, str] = BACKEND) -> str:
    """The log of a run that plans; what is asked of every run is asked here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in files.items():
            target = folder / "work" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, errors="replace")
        environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": name,
            "RUNNER_TEMP": name,
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(folder / "work"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"),
            "INPUT_MODE": "plan",
            "INPUT_SPACE": "owner/name",
            **inputs,
        }
        stream = io.StringIO()
        code = main(environ, [], stream)
        log = stream.getvalue()
        written = [path.read_text() for path in folder.iterdir() if path.is_file()]
    assert code in CODES, log
    assert_harmless(log)
    assert "Traceback" not in "".join(written)
    return "\n".join((log, *written))


def assert_harmless(log: str) -> None:
    """No traceback, and no line that is a command but ours."""
    assert "Traceback" not in log
    assert "A bug of" not in log
    for line in re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", log):
        # The runner looks for `##[` only where it has found no `::` command (ActionCommand.cs).
        assert "##[" not in line or line.startswith("::add-mask::"), line
        if line.lstrip().startswith("::"):
            assert OURS.match(line), line
            assert not re.match(rf"::[\w-]+::{PLANTED}", line), line


@FEW
@given(
    st.dictionaries(
        st.sampled_from([each.name for each in INPUTS if each.name not in ("mode", "hf-token")]),
        TEXT,
        max_size=8,
    )
)
@example({"space": f"a/b\n::error::{PLANTED}"})
@example({"backend": "../../..", "github-token": "##[error]pwned"})
@example({"health-path": "//evil.example/\r\nHost: x", "health-timeout": "1e999"})
def test_inputs_of_any_text_end_with_a_code_and_no_command(given_: dict[str, str]) -> None:
    run({f"INPUT_{name.upper().replace('-', '_')}": value for name, value in given_.items()})


NAMES = st.from_regex(r"[\w .:%#&'\"`\[\](){}<>|*?$!@+=;,~^-]{1,30}", fullmatch=True).filter(
    lambda name: name.strip(" .") != "" and len(name.encode()) < 200
)


@FEW
@given(st.dictionaries(NAMES, TEXT, max_size=5), TEXT, TEXT)
@example({"::error::pwned.py": "import os"}, "::error::pwned", "refs/heads/::error::pwned")
@example({"%0A::error::pwned": "x"}, "", "refs/heads/a%0A::error::pwned")
def test_file_names_and_branch_names_become_no_command(
    files: dict[str, str], title: str, ref: str
) -> None:
    named = {f"backend/{name}": text for name, text in files.items()}
    python = {f"backend/m{i}.py": text for i, text in enumerate(files.values())}
    front = f"fetch('http://localhost:8000/api/{title}')"
    hostile = {"frontend/client.js": front, **named, **python}
    run({"GITHUB_REF": ref, "GITHUB_REPOSITORY": "o/r"}, {**BACKEND, **hostile})


VALUES = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60),
    st.from_regex(r"[A-Za-z0-9+/%&'\"<>-]{12,50}", fullmatch=True),
    st.from_regex(
        r"[a-z]{2,9}://[\w%]{1,9}:[\w%!&]{1,12}@[a-z.]{3,12}/[\w?=&]{0,9}", fullmatch=True
    ),
)


@FEW
@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,12}", fullmatch=True), VALUES, max_size=5))
@example({"KEY": f"first\n::error::{PLANTED}\nlast"})
def test_secrets_of_any_value_end_with_a_code_and_no_command(secrets: dict[str, str]) -> None:
    names = {f"FZ_{name}": value for name, value in secrets.items()}
    run({"INPUT_SECRETS": "\n".join(names), **names})


@FEW
@given(st.text(string.ascii_letters + string.digits + "+/&'\"<>%", min_size=12, max_size=40))
def test_a_random_secret_shows_in_no_form(value: str) -> None:
    secret = f"z9{value}Q7"
    text = run({"INPUT_SECRETS": "FZ_KEY", "FZ_KEY": secret})
    shown = re.sub(r"(?m)^::add-mask::.*$", "", text)
    assert found({"run": shown}, {"FZ_KEY": secret}) == []
