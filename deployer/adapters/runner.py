"""GitHub's runner: log groups, annotations and masks; outputs, job summary and documents.

Facts: GitHub's "Workflow commands for GitHub Actions", and actions/runner, `ActionCommand.cs`: a
line is a command when it begins with `::` after white space, or holds `##[` anywhere. Outside
GitHub the same texts come as plain lines, and no mask is printed: nothing would hide it.

Rule: nothing here ends a run. A log or file that can't be written is no reason to leave a Space
half deployed.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, TextIO

from deployer.errors import Notice, Problem, Where
from deployer.scrub import scrub

SUMMARY_LIMIT: Final = 1024 * 1024  # bytes of one step's summary file
_CUT: Final = "\n\nThe summary was cut here: GitHub takes 1 MiB. The log has the rest.\n"
_SHORTEST_MASK: Final = 4
_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]?|\][^\x07\x1b]*+(?:\x07|\x1b\\)?|[@-Z\\^_])"
)
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_COMMAND: Final = re.compile(r"^(\s*):(?=:)")


class RunnerConsole:
    """Port ``Console``. ``on_github`` decides between workflow commands and plain lines."""

    def __init__(self, stream: TextIO, *, on_github: bool) -> None:
        self._stream = stream
        self._on_github = on_github
        self._hidden: set[str] = set()

    def mask(self, value: str) -> None:
        """Hide ``value``, and each of its lines, from now on; also as ``_clean`` leaves them."""
        lines = {value, *value.splitlines()}
        for text in lines | {_printable(line) for line in lines}:
            if len(text.strip()) < _SHORTEST_MASK or text in self._hidden:
                continue
            self._hidden.add(text)
            if self._on_github and len(text.splitlines()) == 1:
                self._print(f"::add-mask::{_escaped(text)}")

    def scrub(self, text: str) -> str:
        """``text`` without what is hidden and without anything shaped like a key."""
        return scrub(text, tuple(self._hidden))

    def group(self, title: str) -> AbstractContextManager[None]:
        """A foldable part of the log."""
        return self._group(title)

    @contextlib.contextmanager
    def _group(self, title: str) -> Iterator[None]:
        text = self._clean(title)
        self._print(f"::group::{_escaped(text)}" if self._on_github else f"== {text}")
        try:
            yield
        finally:
            if self._on_github:
                self._print("::endgroup::")

    def line(self, text: str) -> None:
        """``text`` line by line, none of which the runner takes for a command."""
        for line in self._clean(text, keep_lines=True).split("\n"):
            self._print(_harmless(line))

    def notice(self, notice: Notice) -> None:
        """A warning annotation, or a plain line when it is no warning."""
        if notice.warning:
            self._annotate("warning", "", notice.where, f"{notice.message} {notice.hint}".strip())
        else:
            self.line(f"note: {notice}")

    def problem(self, problem: Problem) -> None:
        """An error annotation."""
        title = problem.exit.name.capitalize()
        self._annotate("error", title, problem.where, f"{problem.message} {problem.hint}".strip())

    def _annotate(self, kind: str, title: str, where: Where | None, message: str) -> None:
        named = f"{where}: {message}" if where and where.file is None else message
        text = self._clean(named, keep_lines=True)
        if not self._on_github:
            place = f"{where}: " if where and where.file else ""
            self.line(f"{kind}: {place}{text}")
            return
        properties = {"title": title}
        if where and where.file:
            properties |= {"file": self._clean(where.file), "line": str(where.line or 1)}
        given = ",".join(
            f"{name}={_escaped(value, inside=True)}" for name, value in properties.items() if value
        )
        self._print(f"::{kind}{' ' if given else ''}{given}::{_escaped(text)}")

    def _clean(self, text: str, *, keep_lines: bool = False) -> str:
        lines = [_CONTROL.sub("", line) for line in _ANSI.sub("", text).splitlines()]
        text = self.scrub(("\n" if keep_lines else " ").join(lines))
        return text.replace("##[", "## [")

    def _print(self, line: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        safe = line.encode(encoding, "replace").decode(encoding)
        # A closed pipe or file must not end a deploy; ValueError: a closed stream.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(safe + "\n")
            self._stream.flush()


class RunnerJournal:
    """Port ``Journal`` on the runner's files; ``finish`` prints what had no file to go to."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        say: Callable[[str], None],
        scrub: Callable[[str], str] = scrub,
    ) -> None:
        self._outputs = _path(environ, "GITHUB_OUTPUT")
        self._summary = _path(environ, "GITHUB_STEP_SUMMARY")
        self._folder = _path(environ, "RUNNER_TEMP") or Path(tempfile.gettempdir())
        self._say = say
        self._scrub = scrub
        self._untold: dict[str, str] = {}

    def output(self, name: str, value: str) -> None:
        """Write one output now; the last value of a name counts."""
        text = self._scrub(value)
        delimiter = f"end_{secrets.token_hex(16)}"
        block = f"{name}<<{delimiter}\n{text}\n{delimiter}\n"
        if not (self._outputs and self._append(self._outputs, block)):
            self._untold[name] = text

    def summary(self, markdown: str) -> None:
        """Append to the job summary, cut to what GitHub takes."""
        if self._summary is None:
            return
        content = self._scrub(markdown).encode("utf-8", "replace")
        room = SUMMARY_LIMIT - _size(self._summary)
        if len(content) > room:
            kept = content[: max(room - len(_CUT.encode()), 0)].rpartition(b"\n")[0]
            content = kept + _CUT.encode() if kept else b""
        self._append(self._summary, content.decode("utf-8", "ignore"))

    def document(self, name: str, content: str) -> str:
        """Write a document beside the runner's other files; its path, empty when it failed."""
        path = self._folder / f"hf-space-deploy-{name}-{secrets.token_hex(4)}.json"
        return str(path) if self._append(path, self._scrub(content)) else ""

    def finish(self) -> None:
        """Print the outputs that had no file to go to."""
        for name, value in self._untold.items():
            self._say(f"{name}={value}")

    def _append(self, path: Path, text: str) -> bool:
        try:
            with path.open("a", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
        except OSError as error:
            self._say(f"note: {path.name} could not be written: {error.strerror}")
            return False
        return True


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    return Path(value) if value else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _escaped(text: str, *, inside: bool = False) -> str:
    """As `@actions/core` writes command data, and properties (``inside``)."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text


def _printable(text: str) -> str:
    return _CONTROL.sub("", _ANSI.sub("", text))


def _harmless(line: str) -> str:
    return _COMMAND.sub(r"\1: ", line)
