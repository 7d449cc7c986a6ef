"""Inputs that can't be read end the run before its first stage, and leave what a person needs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from deployer.cli import main


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "INPUT_SPACE": "ada",
        "INPUT_VISIBILITY": "hidden",
    }


def run(environ: dict[str, str]) -> tuple[int, str]:
    stream = io.StringIO()
    return main(environ, [], stream), stream.getvalue()


def test_each_problem_is_an_annotation_that_names_its_input(environ: dict[str, str]) -> None:
    code, log = run(environ)
    assert code == 2
    assert "input `visibility`: `hidden` must be one of public, protected, private." in log
    assert "input `space`: `ada` must be `owner/name`" in log


def test_the_status_and_the_summary_are_written_all_the_same(
    environ: dict[str, str], tmp_path: Path
) -> None:
    run(environ)
    assert "\nfailed\n" in (tmp_path / "output").read_text()
    summary = (tmp_path / "summary").read_text()
    assert summary.startswith("## ❌ The workflow's configuration was refused\n")
    assert "(input `visibility`)" in summary


def test_a_value_that_may_be_secret_is_not_quoted(environ: dict[str, str]) -> None:
    _, log = run({**environ, "INPUT_HF_TOKEN": "hf_abc def"})
    plain = "\n".join(line for line in log.splitlines() if not line.startswith("::add-mask::"))
    assert "input `hf-token`: The value has white space" in plain
    assert "abc" not in plain


def test_wrong_values_are_told_beside_an_input_that_can_not_be_read(
    environ: dict[str, str],
) -> None:
    given = {
        "INPUT_SECRETS": "API_KEY\nOTHER_KEY\n1X=a",
        "API_KEY": "your-key-here",
        "OTHER_KEY": " qT7vN2xL9pM4 ",
        "INPUT_FRONTEND-URL": "my-app.example/",
    }
    _, log = run({**environ, **given})
    plain = "\n".join(line for line in log.splitlines() if not line.startswith("::add-mask::"))
    for said in ("`ada`", "`API_KEY` is a placeholder", "`OTHER_KEY` begins", "`my-app.example/`"):
        assert said in plain
    assert "qT7vN2xL9pM4" not in plain


def test_an_endpoint_that_is_no_address_is_a_configuration_problem(tmp_path: Path) -> None:
    environ = {
        "HF_ENDPOINT": "hub.example",
        "INPUT_SPACE": "ada/chat",
        "GITHUB_WORKSPACE": str(tmp_path),
    }
    code, log = run(environ)
    assert (code, "`HF_ENDPOINT` must be an address" in log) == (2, True)
