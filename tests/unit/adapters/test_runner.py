"""What is the runner's own: command syntax, injection, files that fail. The rest: contract."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.adapters.runner import SUMMARY_LIMIT, RunnerConsole, RunnerJournal
from deployer.errors import Exit, Notice, Problem, Where


def said(*, on_github: bool = True, **calls: object) -> str:
    stream = io.StringIO()
    console = RunnerConsole(stream, on_github=on_github)
    for name, value in calls.items():
        getattr(console, name)(value)
    return stream.getvalue()


def commands(log: str) -> list[str]:
    """Lines that the runner takes for commands (actions/runner, ActionCommand.cs)."""
    lines = re.split(r"\r\n|\r|\n", log)
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


def test_a_mask_is_percent_encoded_and_sent_line_by_line() -> None:
    log = said(mask="100%sure\nline: two")
    assert sorted(log.splitlines()) == ["::add-mask::100%25sure", "::add-mask::line: two"]


@pytest.mark.parametrize("value", ["ab\u200bcd-4711-ef", "ab\x7fcd-4711-ef", "ab\x1b[1mcd-4711-ef"])
def test_a_secret_stays_hidden_when_its_control_characters_are_dropped(value: str) -> None:
    stream = io.StringIO()
    console = RunnerConsole(stream, on_github=True)
    console.mask(value)
    assert "::add-mask::abcd-4711-ef\n" in stream.getvalue()
    stream.seek(0)
    stream.truncate()
    console.line(f"the app says {value}")
    assert stream.getvalue() == "the app says ***\n"


def test_a_mask_is_sent_once() -> None:
    stream = io.StringIO()
    console = RunnerConsole(stream, on_github=True)
    console.mask("same-value")
    console.mask("same-value")
    assert stream.getvalue().count("add-mask") == 1


def test_a_mask_is_never_printed_off_github() -> None:
    assert said(on_github=False, mask="a-secret-value") == ""


def test_an_error_carries_file_line_and_title() -> None:
    where = Where(file="a,b:c.py", line=4)
    log = said(
        problem=Problem(exit=Exit.BUNDLE, message="100% wrong\nnext", hint="Mend.", where=where)
    )
    assert log == "::error title=Bundle,file=a%2Cb%3Ac.py,line=4::100%25 wrong%0Anext Mend.\n"


def test_no_old_command_stands_inside_an_annotation_or_a_group() -> None:
    stream = io.StringIO()
    console = RunnerConsole(stream, on_github=True)
    console.notice(Notice(message="##[error]x", where=Where(file="##[add-path]y", line=1)))
    with console.group("##[warning]z"):
        pass
    assert "##[" not in stream.getvalue()


def test_a_warning_is_a_command_and_a_note_is_none() -> None:
    assert said(notice=Notice(message="careful")) == "::warning::careful\n"
    assert commands(said(notice=Notice(message="by the way", warning=False))) == []


def test_off_github_nothing_is_a_command() -> None:
    problem = Problem(exit=Exit.HUB, message="no", where=Where(file="a.py", line=2))
    log = said(on_github=False, problem=problem, notice=Notice(message="hm"))
    assert log == "error: a.py:2: no\nwarning: hm\n"


@pytest.mark.parametrize(
    "text",
    [
        "::set-output name=status::healthy",
        "  ::error::x",
        "\t::add-mask::a",
        "\x1b[31m::error::x",
        "\u200b::error::x",
        "harmless\n::error::x",
        "harmless\r::error::x",
        "harmless\u2028::error::x",
        "middle ##[error]x",
        "\x00::error::x",
        ":::error::x",
        "::stop-commands::t",
        "\u00a0::error::x",
    ],
)
def test_a_line_cannot_inject_a_command(text: str) -> None:
    assert commands(said(line=text)) == []


@given(st.text(alphabet=st.sampled_from("ab: \t\r\n#[%\x1b\x00\u200b\u2028m\x85"), max_size=30))
def test_no_text_injects_a_command(text: str) -> None:
    assert commands(said(line=text)) == []
    annotation = said(problem=Problem(exit=Exit.BUG, message=text, where=Where(file=text, line=1)))
    assert len(annotation.splitlines()) == 1
    assert commands(said(notice=Notice(message=text, warning=False))) == []


def test_a_group_title_cannot_end_its_group() -> None:
    stream = io.StringIO()
    with RunnerConsole(stream, on_github=True).group("push\n::endgroup::"):
        pass
    assert commands(stream.getvalue()) == ["::group::push ::endgroup::", "::endgroup::"]


def test_colours_and_control_characters_are_dropped() -> None:
    assert said(line="\x1b[1;32mok\x1b[0m\x07 \x1b]0;title\x07done") == "ok done\n"


def test_a_key_split_by_a_colour_is_still_found() -> None:
    assert "hf_a1" not in said(line="hf_a1b2c3\x1b[0md4e5f6g7h8i9j0")


def test_a_private_key_over_several_lines_of_one_text_is_hidden() -> None:
    text = "x\n-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----"
    assert said(line=text) == "x\n***\n"


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_closed_pipe_does_not_end_the_run() -> None:
    RunnerConsole(Broken(), on_github=True).line("x")


def test_a_log_that_is_not_utf_8_takes_what_it_can() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    RunnerConsole(stream, on_github=False).line("✅ done")
    assert raw.getvalue() == b"? done\n"


# --- the journal ---------------------------------------------------------------------------------


def journal(said: list[str], **environ: Path) -> RunnerJournal:
    return RunnerJournal({name: str(path) for name, path in environ.items()}, say=said.append)


def test_without_the_runners_files_outputs_are_printed_at_the_end(tmp_path: Path) -> None:
    lines: list[str] = []
    plain = journal(lines, RUNNER_TEMP=tmp_path)
    plain.output("status", "failed")
    plain.output("status", "healthy")
    plain.summary("## nobody reads it")
    assert lines == []
    plain.finish()
    assert lines == ["status=healthy"]


def test_with_the_runners_files_nothing_is_printed(tmp_path: Path) -> None:
    lines: list[str] = []
    real = journal(lines, GITHUB_OUTPUT=tmp_path / "out", RUNNER_TEMP=tmp_path)
    real.output("status", "healthy")
    real.finish()
    assert lines == []


def test_a_file_that_cannot_be_written_does_not_end_the_run(tmp_path: Path) -> None:
    lines: list[str] = []
    gone = tmp_path / "gone"
    broken = journal(
        lines, GITHUB_OUTPUT=gone / "o", GITHUB_STEP_SUMMARY=gone / "s", RUNNER_TEMP=gone
    )
    broken.output("status", "healthy")
    broken.summary("x")
    assert broken.document("receipt", "{}") == ""
    broken.finish()
    assert len([line for line in lines if "could not be written" in line]) == 3
    assert lines[-1] == "status=healthy"


def test_the_summary_is_cut_at_what_github_takes(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    real = journal([], GITHUB_STEP_SUMMARY=path, RUNNER_TEMP=tmp_path)
    real.summary("## head\n")
    real.summary("äöü line\n" * 200_000)
    real.summary("one more line\n" * 200)
    assert SUMMARY_LIMIT - 4_096 < path.stat().st_size <= SUMMARY_LIMIT
    text = path.read_text("utf-8")
    assert text.startswith("## head\n")
    assert "The summary was cut here" in text
    assert "one more" not in text


def test_known_values_are_scrubbed_from_every_file(tmp_path: Path) -> None:
    console = RunnerConsole(io.StringIO(), on_github=True)
    console.mask("known-value-1")
    environ = {"GITHUB_OUTPUT": str(tmp_path / "o"), "RUNNER_TEMP": str(tmp_path)}
    real = RunnerJournal(environ, say=print, scrub=console.scrub)
    real.output("space-url", "https://known-value-1.hf.space")
    path = real.document("receipt", '"known-value-1"')
    assert "known-value-1" not in (tmp_path / "o").read_text() + Path(path).read_text()
