"""Decides which build variables of a frontend hold the backend's address, and what they become.

A variable that the framework writes into the browser's code wins over the code's own fallback: so
``.env.production`` must name the deployed backend where a committed file names another one, and
where the code has no fallback at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace
from tree_sitter import Node

from deployer.frontend import environment
from deployer.frontend.addresses import Address, read_address
from deployer.frontend.discovery import Frontend
from deployer.frontend.dotenv import settings, with_setting
from deployer.frontend.environment import (
    BUILD_FILES,
    PRODUCTION_FILE,
    SAMPLE_FILES,
    EnvironmentReference,
    Framework,
    Read,
)
from deployer.frontend.names import names_of
from deployer.frontend.places import URL_NAME, deciding_expression, is_asked
from deployer.frontend.svelte_env import public_variables
from deployer.frontend.syntax import Script, is_field, is_utf8, literal_value, operator, text
from deployer.model import FileChange

# Frameworks that read `.env.production` when they build.
_READERS = frozenset(
    {
        "Next.js",
        "Vite",
        "Create React App",
        "Gatsby",
        "Vue CLI",
        "SvelteKit",
        "Astro",
        "Remix",
        "React Router",
        "Expo",
    }
)


# An empty base: paths on the page's own host.
_HERE = re.compile(r"(?:''|\"\"|``)[\s)]*$")
# A variable for a WebSocket's address.
_SOCKET = re.compile(r"(?:^|_)(?:WS|WSS|SOCKET|WEBSOCKET)(?:_|$)")
_EMPTY = re.compile(r"(?:''|\"\"|``|undefined|null)[\s)]*$")


class Variable(Struct, frozen=True, kw_only=True):
    """A build variable that the code reads. ``values`` are addresses by the file that sets it.

    ``relative``: without it the code calls its own host. ``fallback``: the code has an address
    of its own behind it, wherever it is read. ``beside`` is the address on the other side of a
    choice (``isProduction ? X : 'http://…'``).
    """

    name: str
    names: tuple[str, ...]
    path: str
    line: int
    fallback: bool
    relative: bool = False
    beside: Address | None = None
    values: Mapping[str, Address] = field(default_factory=dict)


def find_variables(frontend: Frontend, scripts: Iterable[Script]) -> tuple[Variable, ...]:
    """The variables that the framework fills in and that may hold the backend's address."""
    if frontend.framework.name not in _READERS:
        return ()
    found: dict[str, Variable] = {}
    for script in scripts:
        for variable in _read_in(script, frontend):
            known = found.get(variable.name)
            fallback = variable.fallback and (known is None or known.fallback)
            names = (*(known.names if known else ()), *variable.names)
            found[variable.name] = Variable(
                name=variable.name,
                names=tuple(dict.fromkeys(names)),
                path=variable.path,
                line=variable.line,
                fallback=fallback,
                relative=variable.relative and (known is None or known.relative),
                beside=variable.beside or (known.beside if known else None),
                values=variable.values,
            )
    return tuple(found.values())


def _read_in(script: Script, frontend: Frontend) -> Iterator[Variable]:
    for name, node in _readings(script, frontend.framework):
        values = _values(name, frontend.env_files)
        unknown = not values and not URL_NAME.fullmatch(name.upper())
        if is_asked(node) or unknown:
            continue
        value = _cleaned(node)
        top = deciding_expression(value)
        yield Variable(
            name=name,
            names=(name, *names_of(top)),
            path=script.path,
            line=script.line(node),
            fallback=_falls_back(value, name),
            relative=value != top and _HERE.search(text(top)) is not None,
            beside=_address_in(top) if top != value else None,
            values=values,
        )


def _readings(script: Script, framework: Framework) -> Iterator[tuple[str, Node]]:
    for node in script.captured("member"):
        reference = environment.reference(node)
        if reference is None or not framework.fills(reference):
            continue
        if _of_a_url(reference, framework) or _SOCKET.search(reference.name.upper()):
            yield reference.name, node
    for name, node in public_variables(script) if framework.name == "SvelteKit" else ():
        if URL_NAME.fullmatch(name.upper()):
            yield name, node


def _cleaned(node: Node) -> Node:
    """``X?.replace(…)`` around ``X``: it is empty when the variable is."""
    while (parent := node.parent) is not None:
        called = parent.type == "call_expression" and is_field(parent, "function", node)
        if not called and (parent.type != "member_expression" or not _optional(parent, node)):
            break
        node = parent
    return node


def _optional(member: Node, node: Node) -> bool:
    return is_field(member, "object", node) and "?." in text(member)[len(text(node)) :]


def _falls_back(node: Node, name: str) -> bool:
    """Another value stands behind ``node`` wherever the variable may be empty.

    ``X || 'http://…'`` and ``X ? X : 'http://…'``, but not ``isProduction ? X : 'http://…'``.
    """
    top = deciding_expression(node)
    while node != top and (parent := node.parent) is not None:
        condition, other = parent.child_by_field_name("condition"), _other(parent, node)
        asked = operator(parent) in ("||", "??") or (condition and name in text(condition))
        if asked and other is not None and not _EMPTY.search(text(other)):
            return True
        node = parent
    return False


def _other(choice: Node, node: Node) -> Node | None:
    """What is taken instead of ``node``: the right operand, or the other branch."""
    if choice.type == "ternary_expression":
        side = "alternative" if is_field(choice, "consequence", node) else "consequence"
        return choice.child_by_field_name(side)
    return None if is_field(choice, "right", node) else choice.child_by_field_name("right")


def chosen_variables(top: Node, framework: Framework) -> tuple[str, ...]:
    """Build variables that a choice of addresses takes its value from, on one of its sides."""
    if framework.name not in _READERS:
        return ()
    members = _below(top, ("member_expression", "subscript_expression"))
    found = (environment.reference(node) for node in members if not is_asked(node))
    return tuple(one.name for one in found if one is not None and _of_a_url(one, framework))


def _address_in(top: Node) -> Address | None:
    texts = (literal_value(node) for node in _below(top, ("string", "template_string")))
    return next((found for value in texts if value and (found := read_address(value))), None)


def _below(node: Node, kinds: tuple[str, ...]) -> Iterator[Node]:
    if node.type in kinds:
        yield node
    for child in node.named_children:
        yield from _below(child, kinds)


def _of_a_url(reference: EnvironmentReference, framework: Framework) -> bool:
    return framework.fills(reference) and bool(URL_NAME.fullmatch(reference.name.upper()))


def _values(name: str, files: Mapping[str, bytes]) -> dict[str, Address]:
    found = {}
    for file, content in files.items():
        for setting in settings(content):
            address = read_address(setting.value) if setting.name == name else None
            if address is not None:
                found[file] = address
    return found


def production_value(variable: Variable, deployed: Address) -> str | None:
    """The value for production builds; None when it is right, or the code's fallback serves."""
    now = in_force(variable)
    if now is not None:
        return None if now.server == deployed.server else now.at(deployed.origin)
    if variable.fallback:
        return None
    samples = [variable.values[file] for file in SAMPLE_FILES if file in variable.values]
    socket = replace(deployed, scheme="wss") if _SOCKET.search(variable.name) else deployed
    return (samples[0] if samples else variable.beside or socket).at(deployed.origin)


def in_force(variable: Variable) -> Address | None:
    """The address that a production build takes from the committed files."""
    found = [variable.values[file] for file in BUILD_FILES if file in variable.values]
    return found[-1] if found else None


def env_change(root: str, wanted: Mapping[str, str], read: Read) -> FileChange | None:
    """``.env.production`` of a frontend with the wanted values; None when it has them."""
    path = PRODUCTION_FILE if root == "." else f"{root}/{PRODUCTION_FILE}"
    before = read(path)
    after = before or b""
    if not is_utf8(after):
        return None
    for name, value in wanted.items():
        after = with_setting(after, name, value)
    return FileChange(path=path, before=before, after=after) if after != (before or b"") else None


def redone(change: FileChange, read: Read) -> FileChange | None:
    """The same settings in the file as it is now."""
    before = {(s.name, s.value) for s in settings(change.before or b"")}
    wanted = {s.name: s.value for s in settings(change.after) if (s.name, s.value) not in before}
    folder = change.path.removesuffix(PRODUCTION_FILE).rstrip("/")
    return env_change(folder or ".", wanted, read)
