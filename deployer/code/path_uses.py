"""Where the app's code names files and folders, and which folders it adds to ``sys.path``."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.code.paths import CWD, HERE, Reader
from deployer.code.project import Project
from deployer.code.source import children, dotted_name

# Calls whose texts are paths. Those of READERS fail when nothing is there.
READERS = frozenset(
    (
        *("open", "StaticFiles", "Jinja2Templates", "FileResponse", "FileSystemLoader", "listdir"),
        *("scandir", "iterdir", "read_text", "read_bytes", "read_csv", "read_json", "read_excel"),
        *("read_parquet", "read_pickle", "load_workbook", "TextLoader", "DirectoryLoader"),
        *("PyPDFLoader", "CSVLoader", "SimpleDirectoryReader", "load_local", "read_index"),
        *("loadtxt", "genfromtxt", "ZipFile", "fileConfig", "from_pretrained_local"),
    )
)
OTHERS = frozenset(
    (
        *("glob", "rglob", "iglob", "walk", "connect", "PersistentClient", "Chroma", "Path"),
        *("copytree", "copy", "copyfile", "joblib.load", "load_model", "torch.load", "Environment"),
    )
)
LONG = 2_000  # no path is longer
DEEPEST = 80  # levels of nesting: no path is buried deeper
TESTS = frozenset(("exists", "is_file", "is_dir", "isfile", "isdir", "lexists"))
FOLDERS = frozenset(("mkdir", "makedirs"))
SERVERS = frozenset(("StaticFiles", "Jinja2Templates"))
# They make what is missing, or read what never ships.
MAKERS = frozenset(
    (
        *("touch", "write_text", "write_bytes", "load_dotenv", "rmtree"),
        *("dotenv_values", "find_dotenv", "SettingsConfigDict", "FileHandler", "unlink"),
        *("RotatingFileHandler", "TimedRotatingFileHandler", "mkdtemp"),
    )
)
_SQLITE = re.compile(r"^sqlite(?:\+\w+)?:///(?:file:)?([^?]+).*")
_PATTERN = re.compile(r"[^/]*[*?\[{]")
SEARCH = frozenset(("sys.path.insert", "sys.path.append", "sys.path.extend"))


class Use(Struct, frozen=True, kw_only=True):
    """A path that the code names. ``known`` is as ``paths.Reader`` gives it.

    ``opened``: by a call that reads it. ``needed``: so, and nothing looks first whether it is
    there, or makes it. ``served``: the folder is one of static files or templates.
    """

    known: str
    path: str
    line: int
    opened: bool = False
    needed: bool = False
    definition: bool = False
    served: bool = False


class Uses(Struct, kw_only=True):
    """What was found: paths that are read, those looked for or made first, search folders."""

    named: list[Use] = field(default_factory=list)
    tested: set[str] = field(default_factory=set)
    searched: list[Use] = field(default_factory=list)


def find_uses(project: Project, closure: Iterable[str]) -> Uses:
    """Every path that the files of ``closure`` name."""
    uses = Uses()
    for path in closure:
        module = project.code.module(path)
        if module is not None:
            _Visit(reader=Reader(project=project, path=path), uses=uses).block(module.tree)
    uses.named = [
        replace(use, needed=False) if use.needed and _is_tested(use.known, uses.tested) else use
        for use in uses.named
    ]
    return uses


def _is_tested(known: str, tested: Container[str]) -> bool:
    """Whether the code asks first for the path itself, or for a folder that it lies in."""
    folders = (known[:end] for end, letter in enumerate(known) if letter == "/")
    return known in tested or any(folder in tested for folder in folders)


class _Visit(Struct, frozen=True, kw_only=True):
    """One walk through a file: from the outside in, so that the longest known path counts."""

    reader: Reader
    uses: Uses
    opens: bool = False
    serves: bool = False
    is_path: bool = False
    guarded: bool = False
    in_class: bool = False
    levels: int = DEEPEST

    def block(self, node: ast.AST) -> None:
        parts = children(node)
        if parts and self.levels:
            inner = replace(self, levels=self.levels - 1)
            for child in parts:
                inner.visit(child)

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                replace(self, reader=self.reader.within(node), in_class=False).block(node)
            case ast.ClassDef():
                replace(self, in_class=True).block(node)
            case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=value):
                self._assigned(value)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass  # the server imports the module and never runs this
            case ast.Try() | ast.TryStar():
                replace(self, guarded=True).block(node)
            case ast.Call():
                self._call(node)
            case ast.expr():
                self._expression(node)
            case _:
                self.block(node)

    def _assigned(self, value: ast.expr | None) -> None:
        """A name for a path is no use of it yet: what is made of the name counts."""
        known = self._path_of(value) if value is not None else None
        if value is not None and known is None:
            self.visit(value)
        elif value is not None and known and self.in_class:
            # Reached through an object, which can't always be followed.
            self._add(self.uses.named, known, value, definition=True)

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Compare) and any(map(_is_search, node.comparators)):
            return
        known = self._path_of(node)
        if known is None and isinstance(node, ast.Name | ast.Constant):
            return
        if known is None:
            plain = (
                replace(self, is_path=False, opens=False, serves=False) if self.is_path else self
            )
            plain.block(node)
        else:
            self._file(known, node)

    def _call(self, node: ast.Call) -> None:
        name = self.reader.dotted(node.func)
        last = name.rpartition(".")[2]
        if name in SEARCH:
            self._search(node)
        elif last in TESTS | FOLDERS:
            self.uses.tested.update(self._texts(node))
        elif last not in MAKERS and not _writes(node, last):
            known = self._path_of(node)
            if known is not None:
                self._file(known, node)
                return
            within = replace(
                self,
                opens=last in READERS,
                serves=last in SERVERS,
                is_path=last in OTHERS | READERS,
            )
            for child in (*node.args, *node.keywords, getattr(node.func, "value", node.func)):
                within.visit(child)

    def _search(self, node: ast.Call) -> None:
        values = [v for a in node.args for v in (a.elts if isinstance(a, ast.List) else [a])]
        for value in values:
            known = self.reader.read(value)
            if known:
                self._add(self.uses.searched, known, node)

    def _texts(self, node: ast.Call) -> Iterator[str]:
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        for value in (*node.args, inner):
            known = self.reader.read(value)
            if known:
                yield known

    def _path_of(self, node: ast.expr) -> str | None:
        known = self.reader.read(node)
        if not known or len(known) > LONG or "\n" in known:
            return None
        known = _SQLITE.sub(_database, _before_pattern(known))
        sure = known.startswith((HERE, CWD, "../"))
        plain = self.is_path and not known.startswith("/") and "://" not in known
        return known if sure or plain else None

    def _file(self, known: str, node: ast.expr) -> None:
        self._add(self.uses.named, known, node)

    def _add(
        self, found: list[Use], known: str, node: ast.expr, *, definition: bool = False
    ) -> None:
        found.append(
            Use(
                known=known,
                path=self.reader.path,
                line=node.lineno,
                opened=self.opens,
                needed=self.opens and not self.guarded and not definition,
                definition=definition,
                served=self.serves,
            )
        )


def _database(url: re.Match[str]) -> str:
    """The file that an SQLite URL names."""
    return url[1] if url[1].startswith("/") else f"{CWD}/{url[1]}"


def _before_pattern(known: str) -> str:
    """The folder that a pattern like ``docs/*.md`` looks into."""
    found = _PATTERN.search(known)
    return known[: found.start()].rstrip("/") if found else known


def _is_search(node: ast.expr) -> bool:
    return dotted_name(node) == "sys.path"


def _writes(call: ast.Call, last: str) -> bool:
    """``open(path, "w")`` makes the file."""
    modes = [*call.args[:2], *(item.value for item in call.keywords if item.arg == "mode")]
    texts = [m.value for m in modes if isinstance(m, ast.Constant) and isinstance(m.value, str)]
    return last == "open" and any(set(text) & set("wax") and len(text) < 4 for text in texts)
