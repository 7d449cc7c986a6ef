"""What a name in the backend's code stands for, given the folders Python would search."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from deployer.code.files import Code
from deployer.code.imports import Import
from deployer.code.source import Definition, Module, dotted_name, join, parent

FOLLOW = 12  # how many aliases and re-exports are followed: more is a cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a name stands for.

    A definition (``node``) called ``name`` in the file ``path``; a whole module (no ``node``); or
    ``outside``, the dotted name of something that is not the user's code.
    """

    path: str = ""
    node: Definition | None = None
    name: str = ""
    outside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """An import that names the user's own package and finds no module there."""

    path: str
    wanted: Import
    dotted: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What was worked out once. ``made``: whether a node gives an app, by file and identity."""

    made: dict[tuple[str, int], bool] = field(default_factory=dict)
    texts: dict[tuple[str, int], str | None] = field(default_factory=dict)
    found: dict[tuple[str, str], Found | None] = field(default_factory=dict)
    located: dict[str, str | None] = field(default_factory=dict)
    loaded: dict[str, frozenset[str]] = field(default_factory=dict)
    foreign: dict[str, tuple[str, ...]] = field(default_factory=dict)
    packages: dict[tuple[str, int], str | None] = field(default_factory=dict)
    closures: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """Code with its search path (``roots``, as ``sys.path`` would hold them)."""

    code: Code
    roots: tuple[str, ...]
    notes: Notes = field(default_factory=Notes, init=False, repr=False, compare=False)
    _family: dict[tuple[str, ...], Project] = field(default_factory=dict, repr=False, compare=False)

    def searching(self, *roots: str) -> Project:
        """The same code with another search path; the same one for the same path."""
        if roots not in self._family:
            self._family[roots] = Project(code=self.code, roots=roots, _family=self._family)
        return self._family[roots]

    def locate(self, dotted: str) -> str | None:
        """The file that ``import dotted`` would load first."""
        if dotted not in self.notes.located:
            found = (self.code.locate(dotted, root) for root in self.roots)
            self.notes.located[dotted] = next((path for path in found if path), None)
        return self.notes.located[dotted]

    def absolute(self, path: str, found: Import) -> str | None:
        """The dotted module that an import in ``path`` names; None above the top package."""
        if not found.level:
            return found.module
        key = (path, found.level)
        if key not in self.notes.packages:
            self.notes.packages[key] = self._package(path, found.level)
        package = self.notes.packages[key]
        if package is None:
            return None
        return f"{package}.{found.module}" if found.module else package

    def targets(self, path: str, found: Import) -> Iterator[str]:
        """The files an import loads: the packages on the way, the module, a submodule."""
        dotted = self.absolute(path, found)
        if not dotted:
            return
        parts = dotted.split(".") + ([found.name] if found.name else [])
        for end in range(1, len(parts) + 1):
            target = self.locate(".".join(parts[:end]))
            if target:
                yield target

    def closure(self, path: str) -> tuple[str, ...]:
        """``path`` and every file of the user's code that its imports reach, sorted."""
        if path not in self.notes.closures:
            seen, pending = {path}, [path]
            while pending:
                new = self._loads_directly(pending.pop()) - seen
                seen |= new
                pending.extend(new)
            self.notes.closures[path] = tuple(sorted(seen))
        return self.notes.closures[path]

    def _loads_directly(self, path: str) -> frozenset[str]:
        """The files that the imports of ``path`` itself load."""
        if path not in self.notes.loaded:
            module = self.code.module(path)
            targets = (self.targets(path, found) for found in (module.imports if module else ()))
            self.notes.loaded[path] = frozenset(target for each in targets for target in each)
        return self.notes.loaded[path]

    def climbs_out(self, path: str) -> bool:
        """Whether a relative import of ``path`` leads above the top package."""
        module = self.code.module(path)
        level = max((found.level for found in module.imports), default=0) if module else 0
        return level > 0 and self._package(path, level) is None

    def foreign(self, path: str) -> tuple[str, ...]:
        """What ``path`` imports and no root has, but some file or folder is named like it."""
        if path not in self.notes.foreign:
            module = self.code.module(path)
            imports = module.imports if module else ()
            self.notes.foreign[path] = tuple(
                name
                for found in imports
                if not found.level and self.code.has_name(top := found.module.partition(".")[0])
                if self.locate(top) is None
                # The second for a package without `__init__.py`.
                for name in (found.module, f"{found.module}.{found.name}")[: 2 if found.name else 1]
            )
        return self.notes.foreign[path]

    def unresolved(self, path: str, own: str) -> Iterator[Unresolved]:
        """Imports of ``path`` that would fail although their top package is the user's.

        ``own`` is the app's top package, the user's even without an ``__init__.py``.
        """
        module = self.code.module(path)
        for found in module.imports if module else ():
            dotted = self.absolute(path, found)
            if dotted is None:
                yield Unresolved(path=path, wanted=found, dotted="." * found.level + found.module)
            elif not self._loads(dotted, own):
                yield Unresolved(path=path, wanted=found, dotted=dotted)

    def lookup(self, path: str, dotted: str, depth: int = FOLLOW) -> Found | None:
        """What ``dotted`` (``a`` or ``a.b.c``) stands for in ``path``, imports followed."""
        key = (path, dotted)
        if key not in self.notes.found:
            self.notes.found[key] = None  # what leads back to itself is nothing
            self.notes.found[key] = self._lookup(path, dotted, depth)
        return self.notes.found[key]

    def _lookup(self, path: str, dotted: str, depth: int) -> Found | None:
        module = self.code.module(path)
        if module is None or depth == 0:
            return None
        name, _, rest = dotted.partition(".")
        if name in module.definitions:
            return self._defined(module, name, rest, depth)
        found = module.bound.get(name)
        if found:
            return self._imported(path, found, rest, depth)
        sources = [self.locate(self.absolute(path, star) or "") for star in reversed(module.stars)]
        brought = (self.lookup(source, dotted, depth - 1) for source in sources if source)
        return next((item for item in brought if item), None)

    def _defined(self, module: Module, name: str, rest: str, depth: int) -> Found | None:
        node = module.definitions[name]
        alias = dotted_name(node) if isinstance(node, ast.expr) else None
        if alias and alias.partition(".")[0] != name:
            target = self.lookup(module.path, f"{alias}.{rest}" if rest else alias, depth - 1)
            if target:
                return target
        found = Found(path=module.path, node=node, name=name)
        return found if not rest else replace(found, name=f"{name}.{rest}")

    def _imported(self, path: str, found: Import, rest: str, depth: int) -> Found | None:
        dotted = self.absolute(path, found)
        if dotted is None:
            return None
        if found.name is not None:
            wanted = f"{dotted}.{found.name}"
        else:
            # `import a.b` binds `a`; `import a.b as c` binds the whole.
            wanted = dotted if found.bound != dotted.partition(".")[0] else found.bound
        return self._member(f"{wanted}.{rest}" if rest else wanted, depth - 1)

    def _member(self, dotted: str, depth: int) -> Found | None:
        """``dotted`` as module, or as a name inside the longest module it starts with."""
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            target = self.locate(".".join(parts[:end]))
            if target is None:
                continue
            if end == len(parts):
                return Found(path=target)
            return self.lookup(target, ".".join(parts[end:]), depth)
        return Found(outside=dotted)

    def _package(self, path: str, level: int) -> str | None:
        """The dotted package that ``level`` dots in ``path`` mean."""
        root = self.root_of(path)
        folder = parent(path)
        inside = folder if root == "." else folder[len(root) + 1 :]
        parts = [part for part in inside.split("/") if part not in {"", "."}]
        keep = len(parts) - (level - 1)
        return ".".join(parts[:keep]) if keep > 0 else None

    def root_of(self, path: str) -> str:
        """The search path entry that ``path`` is imported from: the deepest that holds it."""
        holds = [root for root in self.roots if root == "." or path.startswith(f"{root}/")]
        return max(holds, key=len, default=self.roots[0]) if len(holds) > 1 else self.roots[0]

    def _loads(self, dotted: str, own: str) -> bool:
        """Whether the import works, as far as the user's own packages go."""
        if self.locate(dotted):
            return True
        top = dotted.partition(".")[0]
        if "." not in dotted:
            # A bare name that is no file here comes from an installed package, or is a folder.
            return True
        return (top != own and self.locate(top) is None) or any(
            self.code.has_folder(join(root, dotted.replace(".", "/"))) for root in self.roots
        )
