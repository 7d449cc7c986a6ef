"""What became of each Space, from whatever lies in the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from deployer.adapters.disk import Workspace
from deployer.errors import Exit
from deployer.fleet import Entry
from deployer.fleet.receipts import Result, results_of

ENTRIES = [Entry(space=f"acme/{name}", line=1) for name in "abc"]


def receipt(space: str, **facts: Any) -> str:
    return json.dumps({"space": space, "status": "healthy", "exitCode": 0, **facts})


def results(folder: Path, **files: str) -> dict[str, Result]:
    for name, text in files.items():
        place = folder / "receipts" / f"fleet-{name}"
        place.mkdir(parents=True)
        (place / "receipt.json").write_text(text)
    return {each.space: each for each in results_of(ENTRIES, Workspace(folder), "receipts")}


def test_each_space_has_a_result_in_the_order_of_the_file(tmp_path: Path) -> None:
    problems = [
        {"exitCode": 7, "message": "Later.", "hint": None},
        {"exitCode": 6, "message": "Not healthy.", "hint": "Mend it."},
    ]
    found = results(
        tmp_path,
        b=receipt("acme/b", status="failed", exitCode=6, problems=problems),
        a=receipt("ACME/a", urls={"app": "https://a.example"}),
    )
    assert list(found.values())[1] == Result(
        space="acme/b", status="failed", exit=Exit.HEALTH, cause="Not healthy.", hint="Mend it."
    )
    assert found["ACME/a"].done
    assert not found["acme/c"].started


def test_a_run_that_was_cut_short_is_not_done(tmp_path: Path) -> None:
    found = results(tmp_path, a=receipt("acme/a", status="failed", exitCode=None))
    assert found["acme/a"].started
    assert not found["acme/a"].done


def test_a_receipt_that_contradicts_itself_is_not_done(tmp_path: Path) -> None:
    failed, untrue = receipt("acme/a", status="failed"), receipt("acme/b", exitCode=False)
    found = results(tmp_path, a=failed, b=untrue, c=receipt("acme/c"))
    assert [each.done for each in found.values()] == [False, False, True]


def test_what_is_no_receipt_is_passed_over(tmp_path: Path) -> None:
    junk = ("[]", "{", "null", '{"space": 1}', '{"space": "acme/b"}', receipt("x/y"), "[" * 9999)
    files = {f"j{number}": text for number, text in enumerate(junk)}
    strange = receipt("acme/c", exitCode=[1], problems="no", urls=[], status=3)
    found = results(tmp_path, **files, strange=strange)
    assert [each.done for each in found.values()] == [False, False, False]


def test_without_the_folder_nothing_was_started(tmp_path: Path) -> None:
    assert not any(each.started for each in results(tmp_path).values())
