"""Rewrites the scripts of one frontend, with one shared module where many have the literal."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.frontend.acceptance import accepts
from deployer.frontend.choices import Target
from deployer.frontend.environment import Read
from deployer.frontend.places import Place
from deployer.frontend.request import FrontendRequest
from deployer.frontend.rewrite import Accept, Rewritten, literals, rewrite
from deployer.frontend.shared_module import Module, module_change, module_for
from deployer.frontend.survey import Survey
from deployer.frontend.syntax import Script
from deployer.frontend.targets import target_of


def results(item: Survey, request: FrontendRequest, read: Read) -> Iterator[tuple[str, Rewritten]]:
    """Each script after rewriting, by path; first the module that they import, if there is one."""
    accept = accepts(frozenset(item.servers), request)
    targets = [(script, _target(script, item, request, read)) for script in item.scripts]
    module = _module(item, targets, accept, read)
    importing: list[tuple[Script, Place]] = []
    found: list[tuple[str, Rewritten]] = []
    for script, target in targets:
        shared = literals(script, target, accept) if module else ()
        importing += [(script, shared[0])] if shared else []
        given = _target(script, item, request, read, module if shared else None)
        found.append((script.path, rewrite(script, given, accept)))
    if module is not None and any(module.name.encode() in result.after for _, result in found):
        script, place = importing[0]
        change = module_change(module, script, place, request)
        yield module.path, Rewritten(after=change.after)
    yield from found


def _target(
    script: Script,
    item: Survey,
    request: FrontendRequest,
    read: Read,
    module: Module | None = None,
) -> Target:
    frontend = item.frontend
    return target_of(request, script, frontend.root, frontend.framework, read, module=module)


def _module(
    item: Survey, targets: list[tuple[Script, Target]], accept: Accept, read: Read
) -> Module | None:
    """The module, when enough scripts have a literal of one server to share."""
    found = [
        (script, place)
        for script, target in targets
        if target.framework.bundled
        for place in literals(script, target, accept)[:1]
    ]
    if len({place.address.server for _, place in found}) != 1:
        return None
    scripts = [script for script, _ in found]
    return module_for(scripts, item.frontend.root, item.frontend.framework, read)
