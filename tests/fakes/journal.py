"""Port ``Journal`` in memory."""

from __future__ import annotations

from collections.abc import Callable

from deployer.scrub import scrub


class FakeJournal:
    """Keeps outputs by name, the whole job summary, and documents by the path they were given."""

    def __init__(self, scrub: Callable[[str], str] = scrub) -> None:
        self._scrub = scrub
        self.outputs: dict[str, str] = {}
        self.written: list[tuple[str, str]] = []
        self.summaries: list[str] = []
        self.documents: dict[str, str] = {}
        self.finished = False

    @property
    def summary_text(self) -> str:
        return "".join(self.summaries)

    def output(self, name: str, value: str) -> None:
        self.outputs[name] = self._scrub(value)
        self.written.append((name, value))

    def summary(self, markdown: str) -> None:
        self.summaries.append(self._scrub(markdown))

    def document(self, name: str, content: str) -> str:
        path = f"/{name}/{len(self.documents)}.json"
        self.documents[path] = self._scrub(content)
        return path

    def finish(self) -> None:
        self.finished = True
