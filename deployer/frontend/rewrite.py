"""Rewrites one file: the edits of its groups applied, parsed again, and proved stable."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from msgspec import Struct

from deployer.frontend.addresses import Address, read_address
from deployer.frontend.choices import Edit, Target
from deployer.frontend.discovery import is_build_config
from deployer.frontend.environment import Framework
from deployer.frontend.layout import read_layout
from deployer.frontend.places import Place, find_assumed, find_places
from deployer.frontend.request import DEFAULT_LOCAL_URL
from deployer.frontend.shapes import Group, Unsafe, change
from deployer.frontend.shared import import_of, shareable, shared_constant, sharing
from deployer.frontend.syntax import Script, literal_value, parse
from deployer.model.quiet import Quiet

# What of a group is to be rewritten, or None.
Accept = Callable[[Group], Group | None]


class Left(Struct, frozen=True, kw_only=True):
    """A place that stays as it is, for a person to change; ``address`` as it is written there."""

    line: int
    reason: str
    address: Address | None = None
    test: str = ""


class Rewritten(Quiet, frozen=True, kw_only=True):
    """A file after rewriting; ``edits`` are in bytes of the file before, in order."""

    after: bytes
    edits: tuple[Edit, ...] = ()
    left: tuple[Left, ...] = ()


def groups_of(script: Script, framework: Framework, local_url: str) -> tuple[Group, ...]:
    """The script's addresses by what they give a value to."""
    found: dict[object, list[Place]] = {}
    for place in find_places(script):
        found.setdefault(place.group, []).append(place)
    if not is_build_config(script.path):
        for place in find_assumed(script, framework, local_url):
            found[place.node.id] = [place]
    return tuple(Group(script=script, places=tuple(places)) for places in found.values())


def rewrite(script: Script, target: Target, accept: Accept) -> Rewritten:
    """The script with every accepted group rewritten, or with what is in the way."""
    result = _once(script, target, accept)
    if not result.edits:
        return result
    again = parse(script.path, result.after)
    if again is None:
        return _refused(script, result, "the rewritten file would not parse")
    if _once(again, target, accept).edits:
        return _refused(script, result, "the change would not be stable")
    return result


def literals(script: Script, target: Target, accept: Accept) -> tuple[Place, ...]:
    """The script's accepted literals that a module's name could stand for."""
    found = (accept(group) for group in groups_of(script, target.framework, DEFAULT_LOCAL_URL))
    return shareable([group for group in found if group is not None], target)


def _once(script: Script, target: Target, accept: Accept) -> Rewritten:
    layout = read_layout(script)
    local = target.local or DEFAULT_LOCAL_URL
    found = (accept(group) for group in groups_of(script, target.framework, local))
    groups = [group for group in found if group is not None]
    shared = sharing(groups, target)
    apart = [group for group in groups if group.places[0] not in shared]
    changes = [item for group in apart for item in change(group, target, layout)]
    if shared and target.module is not None:
        changes += import_of(script, shared, target.module, layout)
    elif shared:
        changes += shared_constant(script, shared, target, layout)
    edits = _in_order(item for item in changes if isinstance(item, Edit))
    left = tuple(
        Left(
            line=script.line(item.node),
            reason=item.reason,
            address=read_address(literal_value(item.node) or ""),
            test=item.test,
        )
        for item in changes
        if isinstance(item, Unsafe)
    )
    if _overlap(edits):
        line = script.content[: edits[0].start].count(b"\n") + 1
        reason = "its changes would overlap"
        return Rewritten(after=script.content, left=(*left, Left(line=line, reason=reason)))
    return Rewritten(after=_applied(script.content, edits), edits=edits, left=left)


def _refused(script: Script, result: Rewritten, reason: str) -> Rewritten:
    line = script.content[: result.edits[0].start].count(b"\n") + 1
    return Rewritten(after=script.content, left=(*result.left, Left(line=line, reason=reason)))


def _in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    ordered = sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end))
    seen: set[str] = set()
    kept = []
    for edit in ordered:
        if not edit.once or edit.once not in seen:
            kept.append(edit)
        seen.add(edit.once)
    return tuple(kept)


def _overlap(edits: tuple[Edit, ...]) -> bool:
    pairs = itertools.pairwise(edits)
    return any(first.end > second.start for first, second in pairs)


def _applied(content: bytes, edits: tuple[Edit, ...]) -> bytes:
    out, position = [], 0
    for edit in edits:
        out += [content[position : edit.start], edit.new]
        position = edit.end
    return b"".join([*out, content[position:]])
