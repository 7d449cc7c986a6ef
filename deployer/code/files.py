"""The backend's Python files, each of them read and parsed at most once in a run.

Every path is workspace-relative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from deployer.code.sizes import oversized
from deployer.code.source import Broken, Module, join, parse
from deployer.errors import Refused
from deployer.model import Digest, WorkspaceEntry
from deployer.ports import Files

# Bytes. People write less; a generated file of more takes seconds and tells nothing.
LONGEST = 600_000


class Parsed(Struct, frozen=True, kw_only=True):
    """What became of one file."""

    module: Module | None = None
    broken: Broken | None = None
    too_long: bool = False


class Sources:
    """``Files`` that remembers what was read and parsed.

    A plan looks at the code several times, each time with other files in view.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[str, bytes | None] = {}
        self._parsed: dict[str, Parsed] = {}

    @classmethod
    def of(cls, files: Files) -> Sources:
        """``files`` itself when it remembers already."""
        return files if isinstance(files, cls) else cls(files)

    def parsed(self, path: str) -> Parsed:
        """The file's tree, or why there is none."""
        if path not in self._parsed:
            content = self.read(path) or b""
            if len(content) > LONGEST:
                self._parsed[path] = Parsed(too_long=True)
            else:
                module, broken = parse(path, content)
                self._parsed[path] = Parsed(module=module, broken=broken)
        return self._parsed[path]

    def read(self, path: str) -> bytes | None:
        """The port's ``read``. Only code and absence are kept: they are asked for often.

        Raises ``Refused`` for a manifest, Dockerfile or ignore file that nobody wrote.
        """
        if path in self._read:
            return self._read[path]
        content = self._files.read(path)
        problem = oversized(path, content) if content else None
        if problem:
            raise Refused([problem])
        if content is None or (path.endswith(".py") and len(content) <= LONGEST):
            self._read[path] = content
        return content

    def walk(self, folder: str, descend: Callable[[str], bool]) -> Iterator[WorkspaceEntry]:
        """The port's ``walk``."""
        return self._files.walk(folder, descend)

    def digest(self, path: str) -> Digest:
        """The port's ``digest``."""
        return self._files.digest(path)

    def write(self, path: str, content: bytes) -> None:
        """The port's ``write``."""
        self._read.pop(path, None)
        self._parsed.pop(path, None)
        self._files.write(path, content)


class Code:
    """The Python files that may ship, read on demand."""

    def __init__(self, files: Files, paths: Iterable[str]) -> None:
        self._sources = Sources.of(files)
        self._paths = {path for path in paths if path.endswith(".py")}
        self._folders = {
            str(parent) for path in self._paths for parent in PurePosixPath(path).parents
        }
        self._names = {
            *(PurePosixPath(path).stem for path in self._paths),
            *(folder.rpartition("/")[2] for folder in self._folders),
        }
        self._asked: dict[str, Parsed] = {}

    @property
    def paths(self) -> list[str]:
        """Every Python file, sorted."""
        return sorted(self._paths)

    @property
    def broken(self) -> dict[str, Broken]:
        """The files that were asked for and don't parse."""
        return {path: each.broken for path, each in self._asked.items() if each.broken}

    @property
    def too_long(self) -> tuple[str, ...]:
        """The files that were asked for and not parsed for their length."""
        return tuple(path for path, each in self._asked.items() if each.too_long)

    def mentions(self, path: str, words: Sequence[bytes]) -> bool:
        """Whether the raw file contains one of ``words``: a cheap test before parsing."""
        content = self._sources.read(path) or b""
        return any(word in content for word in words)

    def text(self, path: str) -> str:
        """The file as text, whatever its encoding."""
        return (self._sources.read(path) or b"").decode("utf-8", "replace")

    def module(self, path: str) -> Module | None:
        """The parsed file, or None when it doesn't parse (then ``broken`` says why)."""
        if path not in self._asked:
            self._asked[path] = self._sources.parsed(path)
        return self._asked[path].module

    def locate(self, dotted: str, root: str) -> str | None:
        """The file of module ``dotted`` below the search path entry ``root``."""
        base = join(root, dotted.replace(".", "/"))
        for path in (f"{base}/__init__.py", f"{base}.py"):
            if path in self._paths:
                return path
        return None

    def has_name(self, name: str) -> bool:
        """Whether a Python file or a folder with some is called ``name``, wherever it lies."""
        return name in self._names

    def has_folder(self, path: str) -> bool:
        """Whether Python files lie somewhere below ``path``."""
        return path in self._folders
