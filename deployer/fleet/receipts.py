"""What became of each Space, from the receipts that its jobs left (docs/reference, receipt)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from deployer.errors import Exit
from deployer.fleet import Entry
from deployer.model import Status, WorkspaceKind
from deployer.ports import Files

LARGEST: Final = 1024 * 1024
MOST: Final = 16_384  # files below the folder


class Result(Struct, frozen=True, kw_only=True):
    """One Space after the run; ``exit`` is None where no receipt came or the run was cut short."""

    space: str
    status: str = ""
    exit: Exit | None = None
    cause: str = ""
    hint: str = ""
    url: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.exit is Exit.DONE and self.status != Status.FAILED

    @property
    def started(self) -> bool:
        """Whether its job left a receipt."""
        return bool(self.status)


def results_of(entries: Sequence[Entry], files: Files, folder: str) -> tuple[Result, ...]:
    """A result for each entry, in their order."""
    found = {result.space.lower(): result for result in _read(files, folder)}
    return tuple(found.get(e.space.lower(), Result(space=e.space)) for e in entries)


def _read(files: Files, folder: str) -> Iterator[Result]:
    """Every receipt below the folder, by path: a later attempt's stands after an earlier one's."""
    for count, entry in enumerate(files.walk(folder, lambda _: True)):
        if count >= MOST:
            return
        if entry.kind is WorkspaceKind.FILE and entry.path.endswith(".json"):
            content = files.read(entry.path) or b""
            result = _result(content) if len(content) <= LARGEST else None
            if result is not None:
                yield result


def _result(content: bytes) -> Result | None:
    try:
        receipt = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(receipt, dict) or not isinstance(receipt.get("space"), str):
        return None
    problem = _first(receipt.get("problems"))
    urls = receipt.get("urls")
    return Result(
        space=receipt["space"],
        status=_text(receipt, "status"),
        exit=_exit(receipt.get("exitCode")),
        cause=_text(problem, "message"),
        hint=_text(problem, "hint"),
        url=_text(urls if isinstance(urls, dict) else {}, "app"),
    )


def _first(problems: Any) -> Mapping[str, Any]:
    """The problem that decided the exit code."""
    found = problems if isinstance(problems, list) else []
    rows = [each for each in found if isinstance(each, dict)]
    return min(rows, key=lambda each: _exit(each.get("exitCode")) or Exit.BUG, default={})


def _exit(code: Any) -> Exit | None:
    # `false` is a number to Python, and the one of success.
    return Exit(code) if type(code) is int and code in set(Exit) else None


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
