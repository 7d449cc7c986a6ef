"""Secrets are hidden before anything is said, wherever a person put them by mistake."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from deployer.cli import main

CANARY = "cn-7Qx1-the-canary-of-this-test-9Zk2"
LONG = "-and-on".join(f"cn{number}" for number in range(12))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "INPUT_SPACE": "ada/rag",
        "INPUT_MODE": "plan",
    }


def run(environ: dict[str, str]) -> tuple[str, str]:
    """The mask commands, and everything else that the run left."""
    stream = io.StringIO()
    main(environ, [], stream)
    lines = stream.getvalue().splitlines()
    masks = [line for line in lines if line.startswith("::add-mask::")]
    rest = [line for line in lines if line not in masks]
    files = [Path(environ[name]) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
    rest += [file.read_text() for file in files if file.exists()]
    return "\n".join(masks), "\n".join(rest)


@pytest.mark.parametrize("value", [CANARY, LONG, f"{LONG}\n  {CANARY}"])
@pytest.mark.parametrize("name", ["INPUT_SPACE", "INPUT_COLOR-FROM", "INPUT_APP", "INPUT_BACKEND"])
def test_a_secret_in_the_wrong_input_is_not_quoted(
    environ: dict[str, str], name: str, value: str
) -> None:
    masks, rest = run({**environ, name: value, "KEY": value, "INPUT_SECRETS": "KEY"})
    assert CANARY in masks or LONG in masks
    assert CANARY not in rest
    assert LONG[:40] not in rest


@pytest.mark.parametrize(
    "name",
    ["INPUT_HF-TOKEN", "INPUT_HF_TOKEN", "HF_TOKEN", "INPUT_GITHUB-TOKEN", "GITHUB_TOKEN"],
)
def test_a_token_in_the_wrong_input_is_not_quoted(environ: dict[str, str], name: str) -> None:
    masks, rest = run({**environ, name: CANARY, "INPUT_COLOR-TO": CANARY})
    assert CANARY in masks
    assert CANARY not in rest


def test_a_token_with_a_line_break_inside_is_refused_and_never_shown(
    environ: dict[str, str],
) -> None:
    _, rest = run({**environ, "INPUT_HF-TOKEN": f"{CANARY}\n{LONG}"})
    assert "input `hf-token`" in rest
    assert CANARY not in rest
    assert LONG[:12] not in rest


def test_off_github_no_mask_command_prints_a_secret(environ: dict[str, str]) -> None:
    del environ["GITHUB_ACTIONS"]
    masks, rest = run({**environ, "KEY": CANARY, "INPUT_SECRETS": "KEY", "INPUT_SPACE": CANARY})
    assert (masks, CANARY in rest) == ("", False)


def test_a_word_that_is_given_as_a_secret_stays_readable(environ: dict[str, str]) -> None:
    _, rest = run({**environ, "INPUT_SECRETS": "LOG_LEVEL=INFO", "INPUT_VISIBILITY": "INFO"})
    assert "`INFO` must be one of" in rest
