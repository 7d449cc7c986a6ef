"""Which findings become annotations."""

from __future__ import annotations

from deployer.errors import Exit, Notice, Problem
from deployer.report.annotations import choose


def problem(number: int, code: Exit) -> Problem:
    return Problem(exit=code, message=f"problem {number}")


def test_at_most_ten_annotations_problems_before_warnings_lowest_code_first() -> None:
    problems = [problem(n, Exit.HEALTH if n % 2 else Exit.CONFIGURATION) for n in range(7)]
    notices = [Notice(message=f"warning {n}") for n in range(7)]
    chosen, warned = choose(problems, [Notice(message="note", warning=False), *notices])
    assert [each.exit for each in chosen] == [Exit.CONFIGURATION] * 4 + [Exit.HEALTH] * 3
    assert warned == tuple(notices[:3])


def test_the_same_finding_is_annotated_once() -> None:
    chosen, warned = choose([problem(1, Exit.HUB)] * 3, [Notice(message="w")] * 3)
    assert (len(chosen), len(warned)) == (1, 1)


def test_more_than_ten_problems_leave_no_room_for_warnings() -> None:
    chosen, warned = choose([problem(n, Exit.HUB) for n in range(30)], [Notice(message="w")])
    assert (len(chosen), warned) == (10, ())
