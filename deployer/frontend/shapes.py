"""Decides what becomes of a group of addresses, by its shape, as edits of bytes.

A group is every place that gives one variable, property or result its value. One that branches
already keeps its branches and gets the new address on the production side; one that doesn't gets
a branch on the page's hostname. Operands that a browser can't read (``process.env`` where nothing
inlines it) go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node

from deployer.frontend import guards
from deployer.frontend.addresses import Address
from deployer.frontend.branches import Side
from deployer.frontend.chains import Chain, effective_parent, read_chain
from deployer.frontend.choices import Edit, Slot, Target, choice
from deployer.frontend.layout import Layout
from deployer.frontend.places import Place
from deployer.frontend.sharpened import sharpened
from deployer.frontend.syntax import Script, enclosing, text
from deployer.frontend.variables import chosen_variables

# Next.js runs these on its server or when it builds, whatever file they stand in.
_SERVER_FUNCTIONS = frozenset(
    {
        *("getServerSideProps", "getStaticProps", "getStaticPaths"),
        *("generateMetadata", "generateStaticParams"),
    }
)
_USE_CLIENT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|//[^\n]*\n|/\*.*?\*/)*['\"]use client['\"]", re.DOTALL
)


class Unsafe(Struct, frozen=True, kw_only=True):
    """Why a place is left to a person. ``test``: what tells where it runs, if no hostname does."""

    node: Node
    reason: str
    test: str = ""


class Group(Struct, frozen=True, kw_only=True):
    """The places of one variable, property or result in one script."""

    script: Script
    places: tuple[Place, ...]

    def production(self, ours: Address) -> tuple[Place, ...] | None:
        """The places for production, when the group branches; None when it doesn't."""
        sides = {place.side for place in self.places}
        if Side.PRODUCTION in sides:
            return tuple(place for place in self.places if place.side is Side.PRODUCTION)
        if Side.LOCAL in sides:
            return tuple(p for p in self.places if p.side is None and _reachable(p.address))
        public = tuple(place for place in self.places if public_to(place.address, ours))
        return public if public and len(public) < len(self.places) else None


def public_to(address: Address, ours: Address) -> bool:
    """An address that works from anywhere: a host of the internet, or the backend's own."""
    return address.server == ours.server or (not address.local and not address.private)


def _reachable(address: Address) -> bool:
    return address.local or not address.private


Outcome = Iterator[Edit | Unsafe]


def change(group: Group, target: Target, layout: Layout) -> tuple[Edit | Unsafe, ...]:
    """The edits of a group, or why there are none. Empty: it is right as it is."""
    if target.side is Side.LOCAL:
        return ()
    target = _where_it_runs(group, target)
    chains = [read_chain(place.use, place.top, target.framework) for place in group.places]
    ternary = next((chain.ternary for chain in chains if chain.ternary is not None), None)
    if ternary is not None and not target.config:
        return tuple(_dead_ternary(group, ternary, target, layout))
    fixed = next((p.node for p in group.places if _unchangeable(p.node)), None)
    if fixed is not None:
        return (Unsafe(node=fixed, reason="an enum's value can't be a choice, a constant's can"),)
    production = group.production(target.ours)
    if production is not None:
        found = tuple(_branched(group, production, target, layout))
    else:
        pairs = zip(group.places, chains, strict=True)
        found = tuple(item for pair in pairs for item in _single(group, *pair, target, layout))
    return (*found, *(() if target.config else _without_dead(chains)))


def _where_it_runs(group: Group, target: Target) -> Target:
    """Code that only a server or the build runs chooses by the build's mode."""
    places = group.places
    fenced = any(group.script.fenced(place.node) for place in places)
    scopes = {scope for place in places for scope in place.scopes}
    asks = any(place.address.local and _private(group, place, target) for place in places)
    if fenced or (target.framework.serves and (asks or scopes & _SERVER_FUNCTIONS)):
        return replace(target, config=True, meta=target.framework.meta)
    return target


def _private(group: Group, place: Place, target: Target) -> bool:
    """The fallback of a variable that only the frontend's server has."""
    chain = read_chain(place.use, place.top, target.framework)
    return bool(chain.private) and not _in_browser(group)


def _unchangeable(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "enum_assignment"


def _without_dead(chains: list[Chain]) -> Outcome:
    """``process.env.X ||`` goes where a browser has no ``process``."""
    pairs = dict.fromkeys(pair for chain in chains for pair in chain.dead)
    for operand, following in pairs:
        yield Edit(start=operand.start_byte, end=following.start_byte, new=b"")


def _dead_ternary(group: Group, ternary: Node, target: Target, layout: Layout) -> Outcome:
    """``process.env.NODE_ENV === 'production' ? a : b`` where nothing fills it in."""
    inside = [place for place in group.places if _within(place.use, ternary)]
    local = next((place for place in inside if place.address.local), inside[0])
    rests = {place.address.rest for place in inside}
    if len(rests) > 1 or local.template:
        yield Unsafe(node=ternary, reason="it asks `process`, which a browser does not have")
        return
    slot = Slot(node=ternary, parent=ternary.parent)
    yield from choice(group.script, local, slot, target, layout)


def _within(node: Node, outer: Node) -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def _branched(
    group: Group, production: tuple[Place, ...], target: Target, layout: Layout
) -> Outcome:
    if not production:
        if any(chosen_variables(place.top, target.framework) for place in group.places):
            return  # `.env.production` says it
        reason = "the address for production is not written here as a literal"
        yield Unsafe(node=group.places[0].node, reason=reason)
        return
    private = next((place for place in production if not _reachable(place.address)), None)
    if private is not None:
        yield Unsafe(
            node=private.node, reason=f"{private.address.host} is a private network's name"
        )
        return
    edits = [edit for place in production for edit in _swap(place, target.deployed)]
    yield from edits
    if edits:
        for place in group.places:
            for condition, _ in guards.conditions(place.use, None):
                yield from sharpened(condition, group.script, target, layout)


def _swap(place: Place, deployed: str) -> Iterator[Edit]:
    """Only the origin of a literal changes; its path stays."""
    old, new = place.address.origin, place.address.at(deployed).removesuffix(place.address.rest)
    start = place.node.start_byte + 1
    if new != old:
        yield Edit(start=start, end=start + len(old.encode()), new=new.encode())


def _single(group: Group, place: Place, chain: Chain, target: Target, layout: Layout) -> Outcome:
    if place.address.server == target.ours.server:
        return
    alone = target.side is Side.PRODUCTION and place.address.local
    if alone or public_to(place.address, target.ours):
        yield from _swap(place, target.deployed)
    elif place.address.local and target.framework.native:
        reason = "a native app has no hostname to tell where it runs"
        yield Unsafe(node=place.node, reason=reason, test="__DEV__")
    elif place.address.local:
        yield from () if target.config else _guarded(chain, layout)
        config = target.config
        parent = place.node.parent if config else effective_parent(place.node, target.framework)
        slot = Slot(node=place.node, parent=parent)
        yield from choice(group.script, place, slot, target, layout)


def _in_browser(group: Group) -> bool:
    """The file says that it is for the browser (``'use client'``)."""
    return bool(_USE_CLIENT.match(group.script.content))


def _guarded(chain: Chain, layout: Layout) -> Iterator[Edit]:
    """``window.X || …`` asks for ``window`` first, where nothing else did."""
    for operand in chain.windows:
        if not guards.browser_checked(operand) and not _assigns_window(operand):
            asked = f"(typeof window !== {layout.quoted('undefined')} && {text(operand)})"
            yield Edit(start=operand.start_byte, end=operand.end_byte, new=asked.encode())


def _assigns_window(operand: Node) -> bool:
    """``window.X = window.X || …`` needs ``window`` anyway."""
    statement = enclosing(operand, "assignment_expression")
    left = statement.child_by_field_name("left") if statement else None
    return left is not None and text(left).startswith("window")
