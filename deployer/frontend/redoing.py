"""Does a plan's rewrite again, on the files of a newer commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from deployer.frontend.acceptance import accepts
from deployer.frontend.data_files import kind_of
from deployer.frontend.data_survey import changed_again
from deployer.frontend.discovery import by_hand, on_server, served
from deployer.frontend.environment import PRODUCTION_FILE, Read, find_framework
from deployer.frontend.request import FrontendRequest
from deployer.frontend.rewrite import rewrite
from deployer.frontend.roots import root_finder
from deployer.frontend.shared_module import Module, modules_in, usable
from deployer.frontend.syntax import parse
from deployer.frontend.targets import target_of
from deployer.frontend.variables import redone
from deployer.model import FileChange, FrontendPlan, FrontendState


def redone_plan(plan: FrontendPlan, request: FrontendRequest, read: Read) -> FrontendPlan:
    """The same rewrite on the files as ``read`` gives them, at a newer commit.

    A file that is gone, or no longer has the address, is left out; with no change left the state
    is ``CURRENT``.
    """
    found = list(modules_in(plan.changes))
    modules = {root_finder(read)(m.path): m for m, c in found if usable(m, c, read)}
    paths = {change.path for _, change in found}
    again = [_again(c, plan, request, read, modules) for c in plan.changes if c.path not in paths]
    kept = {change.path: change for change in again if change is not None}
    for module, change in found:
        if read(module.path) is None and _imported(module, kept.values()):
            kept[change.path] = change
    changes = tuple(kept[change.path] for change in plan.changes if change.path in kept)
    state = plan.state if changes else FrontendState.CURRENT
    return replace(plan, changes=changes, state=state)


def _imported(module: Module, changes: Iterable[FileChange]) -> bool:
    name = module.name.encode()
    return any(name in change.after and name not in (change.before or b"") for change in changes)


def _again(
    change: FileChange,
    plan: FrontendPlan,
    request: FrontendRequest,
    read: Read,
    modules: Mapping[str, Module],
) -> FileChange | None:
    if change.path.endswith(PRODUCTION_FILE):
        return redone(change, read)
    before = read(change.path)
    if kind_of(change.path) is not None:
        return changed_again(change.path, before, plan.servers, request)
    script = parse(change.path, before) if before is not None else None
    if script is None or before is None or not by_hand(before):
        return None
    root = root_finder(read)(change.path)
    framework = find_framework(root, read)
    by_framework = served(change.path, before, root, framework)
    if on_server(change.path, before, root, framework) and not by_framework:
        return None
    target = target_of(request, script, root, framework, read, module=modules.get(root))
    after = rewrite(script, target, accepts(frozenset(plan.servers), request)).after
    return FileChange(path=change.path, before=before, after=after) if after != before else None
