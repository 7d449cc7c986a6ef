"""The command line writes inputs into a copy of the environment, and never takes a secret."""

from __future__ import annotations

import pytest

from deployer.errors import Refused
from deployer.flags import Help, overlay
from deployer.given import read_settings
from deployer.settings import INPUTS


def test_a_flag_wins_over_both_spellings_and_leaves_the_environment_alone() -> None:
    environ = {"INPUT_HEALTH-PATH": "/a", "INPUT_HEALTH_PATH": "/a", "OTHER": "x"}
    overlaid = overlay(environ, ["--health-path", "/b", "--space=owner/name"])
    assert read_settings(overlaid).health_path == "/b"
    assert overlaid["OTHER"] == "x"
    assert environ["INPUT_HEALTH_PATH"] == "/a"


def test_a_flag_given_twice_adds_a_line_and_names_may_be_separated_by_commas() -> None:
    flags = ["--ignore", "*.md", "--ignore=docs/", "--secrets", "A, B", "--secrets", "C"]
    overlaid = overlay({}, flags)
    assert overlaid["INPUT_IGNORE"] == "*.md\ndocs/"
    assert overlaid["INPUT_SECRETS"].split() == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--hf-token", "hf_planted1"], "not taken from the command line"),
        (["--github-token=hf_planted1"], "not taken from the command line"),
        (["--secrets", "A=hf_planted1"], "names only"),
        (["--variables=A=hf_planted1"], "names only"),
        (["--nonsense", "hf_planted1"], "no flag"),
        (["space", "hf_planted1"], "no flag"),
        (["-space"], "no flag"),
        (["--space"], "has no value"),
    ],
)
def test_a_wrong_word_is_refused_and_no_value_is_quoted(flags: list[str], says: str) -> None:
    with pytest.raises(Refused) as caught:
        overlay({}, flags)
    assert says in str(caught.value)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "hint"),
    [
        (["--spce", "o/n"], "`--spce` is no flag. Did you mean `--space`?"),
        (["--health-pth=/x"], "`--health-pth` is no flag. Did you mean `--health-path`?"),
        (["--quiet"], "`--quiet` is no flag. See `--help`."),
        (["--rehearse", "--space", "o/n"], "`--rehearse` has no value. Write `--rehearse true`."),
        (["--mode"], "`--mode` has no value. Write `--mode VALUE`."),
    ],
)
def test_a_slip_is_named_with_what_to_write(flags: list[str], hint: str) -> None:
    with pytest.raises(Refused) as caught:
        overlay({}, flags)
    assert hint in str(caught.value)


def test_all_wrong_words_are_said_at_once() -> None:
    with pytest.raises(Refused) as caught:
        overlay({}, ["--hf-token=x", "--secrets=A=1", "--mode"])
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_every_input(word: str) -> None:
    with pytest.raises(Help) as caught:
        overlay({}, ["--space", word])
    for row in INPUTS:
        assert f"--{row.name}" in str(caught.value)
    assert "only as INPUT_HF_TOKEN" in str(caught.value)
