"""The user's modules, each gone through at most once, and what their imports bring."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable, Iterator

from deployer.code.abstract import UNKNOWN, Outside, Package, Scope, Value
from deployer.code.calls import Calls
from deployer.code.evaluate import Exhausted
from deployer.code.foreign import is_known
from deployer.code.imports import Import, imported_by
from deployer.code.project import Project
from deployer.code.source import join


class Modules(Calls):
    """The modules of one project. Statements are the subclass's."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = project
        self._scopes: dict[str, Scope] = {}

    @abstractmethod
    def run(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        """Go through statements."""

    def module(self, path: str) -> Scope:
        """The names of a module; as far as they go where it is too long or imports itself."""
        if path not in self._scopes:
            self._scopes[path] = scope = Scope(path)
            module = self._project.code.module(path)
            scope.names["__name__"] = "module"
            try:
                self.run(module.tree.body if module else (), scope)
            except (Exhausted, RecursionError):
                self._steps = 0
        return self._scopes[path]

    def within(self, package: Package, name: str) -> Value:
        path = self._project.locate(package.dotted)
        names = self.module(path).names if path else {}
        if name in names:
            return names[name]
        dotted = f"{package.dotted}.{name}"
        return Package(dotted) if self._is_own(dotted) else UNKNOWN

    def bring(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for found in imported_by(node):
            dotted = self._project.absolute(scope.path, found)
            for path in self._project.targets(scope.path, found):
                self.module(path)
            if dotted is None:
                continue
            for name, value in self._brought(found, dotted):
                if not (name in scope.kept and is_known(scope.names.get(name, UNKNOWN))):
                    scope.names[name] = value
                    scope.lines.pop(name, None)

    def _brought(self, found: Import, dotted: str) -> Iterator[tuple[str, Value]]:
        own = self._is_own(dotted)
        if found.name == "*":
            path = self._project.locate(dotted)
            yield from self.module(path).names.items() if path else ()
        elif found.name is not None:
            outside = Outside(f"{dotted}.{found.name}")
            yield found.bound, self.within(Package(dotted), found.name) if own else outside
        else:
            whole = dotted if found.bound != dotted.partition(".")[0] else found.bound
            yield found.bound, Package(whole) if self._is_own(whole) else Outside(whole)

    def _is_own(self, dotted: str) -> bool:
        inside = dotted.replace(".", "/")
        roots = self._project.roots
        has_folder = self._project.code.has_folder
        return bool(self._project.locate(dotted)) or any(has_folder(join(r, inside)) for r in roots)
