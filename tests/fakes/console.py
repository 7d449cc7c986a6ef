"""Port ``Console`` in memory, scrubbed like the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deployer.errors import Notice, Problem
from deployer.scrub import scrub


class FakeConsole:
    """Keeps what a person would read (``lines``), and what became an annotation."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.masks: list[str] = []
        self.groups: list[str] = []
        self.notices: list[Notice] = []
        self.problems: list[Problem] = []

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def mask(self, value: str) -> None:
        self.masks += [text for text in (value, *value.splitlines()) if len(text.strip()) >= 4]

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self.groups.append(title)
        self._show(title)
        yield

    def line(self, text: str) -> None:
        for line in text.splitlines() or [""]:
            self._show(line)

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        self._show(f"{'warning' if notice.warning else 'note'}: {notice}")

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._show(f"error: {problem}")

    def scrub(self, text: str) -> str:
        """``text`` without what is masked and without anything shaped like a key."""
        return scrub(text, self.masks)

    def _show(self, text: str) -> None:
        self.lines.append(self.scrub(text))
