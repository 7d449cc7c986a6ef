"""One constant for a module in which several calls or properties have the address in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from deployer.frontend.choices import Edit, Target, free_name
from deployer.frontend.layout import Layout, indent_at
from deployer.frontend.places import Place
from deployer.frontend.shapes import Group, public_to
from deployer.frontend.shared_module import Module
from deployer.frontend.syntax import Script, is_markup, operator

_SCRIPTS = re.compile(rb"<script\b", re.IGNORECASE)
_NAMES = ("BACKEND_URL", "DEPLOYED_BACKEND_URL", "API_BACKEND_URL")


def sharing(groups: Sequence[Group], target: Target) -> tuple[Place, ...]:
    """The literals in calls and objects that may share a constant: none, or two and more.

    Only a module's top-level names are its own: in a plain script the constant could clash with
    another script's.
    """
    found = shareable(groups, target)
    servers = {place.address.server for place in found}
    alone = target.module is None
    if alone and (len(found) < 2 or any(is_markup(group.script.path) for group in groups)):
        return ()
    return found if len(servers) == 1 and not _has_name(groups, target) else ()


def shareable(groups: Sequence[Group], target: Target) -> tuple[Place, ...]:
    """The literals in calls and objects that could be a reference to a name instead."""
    return tuple(group.places[0] for group in groups if _shareable(group, target))


def _has_name(groups: Sequence[Group], target: Target) -> bool:
    """The name that would be imported is there already, and means something else."""
    name = target.module.name if target.module else ""
    content = groups[0].script.content.decode("utf-8") if groups else ""
    return bool(name) and re.search(rf"\b{name}\b", content) is not None


def _shareable(group: Group, target: Target) -> bool:
    script, place = group.script, group.places[0]
    parent = place.node.parent
    if not _is_module(script) or target.config or target.side or place.composed:
        return False
    if place.side or place.assumed or target.framework.native:
        return False
    plain = not set("`$\\") & set(place.address.rest) or place.node.type == "template_string"
    remote = public_to(place.address, target.ours) or place.address.websocket
    called = parent is not None and (parent.type in ("arguments", "pair") or _added(parent))
    behind = place.node.start_byte > _position(script)
    return called and plain and behind and place.address.local and not remote


def _added(parent: Node) -> bool:
    around = parent.parent
    return operator(parent) == "+" and around is not None and around.type == "arguments"


def _is_module(script: Script) -> bool:
    """It has names of its own. Vue's and Svelte's components do, in their only script."""
    if script.path.lower().endswith((".vue", ".svelte")):
        return len(_SCRIPTS.findall(script.content)) == 1
    return script.module and not is_markup(script.path)


def import_of(
    script: Script, places: Sequence[Place], module: Module, layout: Layout
) -> Iterator[Edit]:
    """The import after the others, and the imported name in every literal's place."""
    specifier = layout.quoted(module.specifier(script.path))
    statement = f"import {{ {module.name} }} from {specifier}{layout.semicolon}"
    start, imports = _position(script), _imports(script)
    indent = indent_at(script.content, imports[-1].start_byte if imports else start)[0]
    step = f"{layout.end}{indent}"
    new = f"{step}{statement}" if imports else f"{statement}{layout.end}{step}"
    yield Edit(start=start, end=start, new=new.encode())
    for place in places:
        yield _reference(place, module.name)


def shared_constant(
    script: Script, places: Sequence[Place], target: Target, layout: Layout
) -> Iterator[Edit]:
    """The constant after the imports, and its name in the place of every literal's origin."""
    name = free_name(script, _NAMES)
    base = (target.local or places[0].address.origin).rstrip("/")
    chosen = layout.choice(layout.quoted(base), layout.quoted(target.deployed), "", closed=False)
    # What follows may begin with a bracket, which would go on with the statement.
    statement = f"const {name} = {chosen}{layout.semicolon if _imports(script) else ';'}"
    gap = layout.end * 2
    start = _position(script)
    new = (
        f"{gap}{statement}{_blank(script, start, layout)}"
        if _imports(script)
        else f"{statement}{gap}"
    )
    yield Edit(start=start, end=start, new=new.encode())
    for place in places:
        yield _reference(place, name)


def _blank(script: Script, start: int, layout: Layout) -> str:
    """A line end, where no empty line follows the imports."""
    behind = script.content[start:].replace(b"\r\n", b"\n").lstrip(b"; \t")
    return "" if behind[:2] in (b"\n\n", b"") else layout.end


def _reference(place: Place, name: str) -> Edit:
    start, end = place.node.start_byte, place.node.end_byte
    if place.node.type == "template_string":
        origin_end = start + 1 + len(place.address.origin.encode())
        return Edit(start=start + 1, end=origin_end, new=f"${{{name}}}".encode())
    rest = place.address.rest
    return Edit(start=start, end=end, new=(f"`${{{name}}}{rest}`" if rest else name).encode())


def _imports(script: Script) -> list[Node]:
    return [child for child in script.root.children if child.type == "import_statement"]


def _position(script: Script) -> int:
    imports = _imports(script)
    if imports:
        return imports[-1].end_byte
    children = script.root.children
    directives = [at for at, child in enumerate(children) if _directive(child)]
    behind = children[directives[-1] + 1 if directives else 0 :]
    return next((child.start_byte for child in behind if child.type != "hash_bang_line"), 0)


def _directive(node: Node) -> bool:
    inner = node.named_children[0] if node.named_child_count else None
    return node.type == "expression_statement" and inner is not None and inner.type == "string"
