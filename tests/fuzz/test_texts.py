"""What an app says, in its log, its health answer and the Hub's words about it: any text at all."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.adapters.hub_answers import runtime_of
from deployer.adapters.runner import RunnerConsole
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import Answer
from deployer.release import diagnose, health, marker
from tests.fuzz.test_program import assert_harmless

# Words that the rules look for, so that generated lines come near them.
PIECES = st.sampled_from(
    [
        *("ModuleNotFoundError: No module named '", "Exit code: 137. Reason: ", "KeyError: '"),
        *("PermissionError: [Errno 13] Permission denied: '/", "sslmode", "asyncpg", "qdrant"),
        *("::error::pwned", "\n::add-mask::pwned", "##[group]pwned", "\r::warning::pwned"),
        *("DATABASE_URL", "Address already in use", "Traceback (most rec", "Killed", "%0A", "'\n"),
        *("postgresql://u:p@h:1/d?sslmode=require", "\x1b[31m", "\u2028", "ERROR: ", "exit code "),
    ]
)
LINES = st.lists(
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=5).map("".join), max_size=12
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | PIECES,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(["status", "services", "qdrant", "checks", "name", "message"])
            | st.text(max_size=6),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)
OFTEN = settings(max_examples=120)


def shown(lines: Sequence[str]) -> None:
    """Print it all as the program does: as lines, a group, a notice and a problem."""
    stream = io.StringIO()
    console = RunnerConsole(stream, on_github=True)
    for text in lines:
        console.line(text)
        console.notice(Notice(message=text, hint=text, where=Where(file=text, line=1)))
        console.problem(Problem(exit=Exit.BUILD, message=text, where=Where(input=text)))
        with console.group(text):
            pass
    assert_harmless(stream.getvalue().replace("Traceback", "an app's own"))


@OFTEN
@given(LINES, st.sampled_from(["BUILD_ERROR", "RUNTIME_ERROR", "NEW_STAGE"]), st.booleans())
def test_any_log_is_explained_or_not_and_becomes_no_command(
    log: list[str], stage: str, timed_out: bool
) -> None:
    runtime = runtime_of({"stage": stage, "errorMessage": "".join(log[:2])})
    causes = diagnose.of_build(runtime, log, timed_out=timed_out)
    shown([*log, *(f"{each.title} {each.remedy}" for each in causes)])


@OFTEN
@given(st.one_of(JSON.map(json.dumps), st.text()), LINES, st.integers(100, 599))
def test_any_health_answer_gets_a_verdict(body: str, log: list[str], status: int) -> None:
    raw = body.encode("utf-8", "surrogatepass")
    answer = Answer(status=status, headers={"content-type": "application/json"}, body=raw)
    verdict = health.judge(answer)
    causes = diagnose.of_health(verdict, answer, log)
    shown([verdict.reason, *verdict.services, *(f"{each.title} {each.remedy}" for each in causes)])
    marker.said(answer)


@OFTEN
@given(JSON)
def test_any_runtime_is_read(raw: object) -> None:
    told = raw if isinstance(raw, dict) else {"stage": raw, "hardware": raw, "domains": raw}
    assert runtime_of(told).stage == runtime_of(told).stage.upper()
