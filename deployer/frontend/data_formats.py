"""Reads the addresses in files that hold data: rewrites, settings, build values, attributes.

Nothing here is judged; each reader yields places in bytes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend.addresses import Address, read_address
from deployer.frontend.syntax import literal_value, parse_json, text

# The prefixes by which frameworks put a variable into browser code.
_PREFIX = r"(?:NEXT_PUBLIC|VITE|REACT_APP|GATSBY|VUE_APP|EXPO_PUBLIC|NUXT_PUBLIC|PUBLIC)_"
_URL = r"(?P<url>(?:https?|wss?)://[^\s\"'`#;,<>{}]+)"
# A workflow's `${{ vars.X || 'http://…' }}`.
_ELSE = r"(?:\$\{\{[^}\n]*?\|\|[ \t]*)?"
_REDIRECT = re.compile(rf"^(?P<from>/\S*)[ \t]+{_URL}", re.M)
_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*(?P<name>[\w.-]+)[ \t]*\]\]?[^\n]*$", re.M)
_TO = re.compile(rf"^[ \t]*to[ \t]*=[ \t]*(?P<q>[\"']){_URL}(?P=q)", re.M)
_FROM = re.compile(r"^[ \t]*from[ \t]*=[ \t]*[\"'](?P<from>[^\"']*)[\"']", re.M)
_TOML_VALUE = re.compile(
    rf"^[ \t]*(?P<name>{_PREFIX}\w+)[ \t]*=[ \t]*(?P<q>[\"']){_URL}(?P=q)", re.M
)
_BUILD_VALUE = re.compile(
    rf"(?P<name>{_PREFIX}\w+)[\"']?[ \t]*(?::-|[:=])[ \t]*{_ELSE}[\"']?{_URL}"
)
_YAML_VALUE = re.compile(
    rf"^[ \t-]*(?P<name>[\w-]+)[ \t]*:[ \t]*[\"']?{_URL}[\"']?[ \t]*\r?$", re.M
)
_DEFINE = re.compile(r"DefinePlugin\(\s*\{.*?\}\s*\)", re.DOTALL)
_DEFINED = re.compile(rf"(?P<name>[\w.]+)[\"']?\s*:\s*(?:JSON\.stringify\(\s*)?[\"'`]+{_URL}")
_PASS = re.compile(rf"\bproxy_pass[ \t]+{_URL}[ \t]*;")
_LOCATION = re.compile(r"\blocation[ \t]+(?:[=~^*]+[ \t]+)?(?P<from>/\S*)[ \t]*\{")
_TAG = re.compile(r"<(?P<tag>[a-zA-Z][\w-]*)(?P<inside>[^<>]*)>")
_ATTRIBUTE = re.compile(rf"(?P<name>[\w:-]+)[ \t]*=[ \t]*(?P<q>[\"']){_URL}(?P=q)")
_META_NAME = re.compile(r"\b(?:name|property)[ \t]*=[ \t]*[\"'](?P<name>[\w:.-]+)[\"']")
_UNSEEN = re.compile(r"<!--.*?-->|(<script\b[^>]*>).*?</script\s*>", re.DOTALL | re.IGNORECASE)


class DataPlace(Struct, frozen=True, kw_only=True):
    """An address in a data file.

    ``start`` to ``end`` are its bytes; ``names`` the keys around it, nearest first; ``source`` is
    the path that is sent on to it, when it is a rewrite's destination.
    """

    path: str
    line: int
    start: int
    end: int
    address: Address
    names: tuple[str, ...]
    source: str | None = None


def in_json(path: str, content: bytes) -> Iterator[DataPlace]:
    """Every address that is a value of an object. Nothing for what isn't strict JSON."""
    parsed = parse_json(content)
    if parsed is None:
        return
    root, shift = parsed
    stack: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    while stack:
        node, keys = stack.pop()
        if node.type == "pair":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            names = (text(key).strip("\"'") if key else "", *keys)
            if value is not None and value.type == "string":
                yield from _json_place(path, content, value, names, shift)
            stack += [(value, names)] if value is not None else []
        else:
            stack += [(child, keys) for child in reversed(node.named_children)]


def _json_place(
    path: str, content: bytes, value: Node, names: tuple[str, ...], shift: int
) -> Iterator[DataPlace]:
    address = read_address(literal_value(value) or "")
    if address is None:
        return
    start, end = value.start_byte + 1 - shift, value.end_byte - 1 - shift
    siblings = _siblings(value.parent)
    source = siblings.get("source", siblings.get("src"))
    yield DataPlace(
        path=path,
        line=content.count(b"\n", 0, start) + 1,
        start=start,
        end=end,
        address=address,
        names=names,
        source=source,
    )


def _siblings(pair: Node | None) -> dict[str, str]:
    found = {}
    for other in pair.parent.named_children if pair and pair.parent else ():
        key, value = other.child_by_field_name("key"), other.child_by_field_name("value")
        if key is not None and value is not None:
            found[text(key).strip("\"'")] = literal_value(value) or ""
    return found


def in_netlify(path: str, content: bytes) -> Iterator[DataPlace]:
    """``to`` of every ``[[redirects]]``, and build variables of an ``environment``."""
    shown = content.decode("utf-8")
    tables = [*_TABLE.finditer(shown)]
    ends = [*(table.start() for table in tables), len(shown)][1:]
    for table, end in zip(tables, ends, strict=True):
        if table["name"] == "redirects":
            source = _FROM.search(shown, table.end(), end)
            for match in _TO.finditer(shown, table.end(), end):
                yield from _place(path, shown, match, ("to",), source["from"] if source else "")
        elif table["name"].endswith("environment"):
            for match in _TOML_VALUE.finditer(shown, table.end(), end):
                yield from _place(path, shown, match, (match["name"],))


def in_redirects(path: str, content: bytes) -> Iterator[DataPlace]:
    """The destinations of Netlify's and Cloudflare's ``_redirects``."""
    shown = content.decode("utf-8")
    for match in _REDIRECT.finditer(shown):
        yield from _place(path, shown, match, ("to",), match["from"])


def in_nginx(path: str, content: bytes) -> Iterator[DataPlace]:
    """``proxy_pass`` with the location that it stands in."""
    shown = content.decode("utf-8")
    for match in _PASS.finditer(shown):
        if not _commented(shown, match.start()):
            around = [*_LOCATION.finditer(shown, 0, match.start())]
            source = around[-1]["from"] if around else "/"
            yield from _place(path, shown, match, ("proxy_pass",), source)


def in_markup(path: str, content: bytes) -> Iterator[DataPlace]:
    """Attributes of a page's tags; a ``meta`` tag's ``content`` goes by the tag's name."""
    shown = content.decode("utf-8")
    seen = _UNSEEN.sub(lambda m: (m[1] or "").ljust(len(m[0])), shown)
    for tag in _TAG.finditer(seen):
        named = _META_NAME.search(tag["inside"])
        for match in _ATTRIBUTE.finditer(seen, tag.start("inside"), tag.end("inside")):
            if match["name"] not in ("href", "src", "srcset", "xmlns"):
                meta = named["name"] if named and match["name"] == "content" else match["name"]
                yield from _place(path, seen, match, (meta, match["name"]))


def in_build_values(path: str, content: bytes) -> Iterator[DataPlace]:
    """Variables that a build puts into the browser's code, set in YAML or a Dockerfile."""
    yield from _values(path, content, _BUILD_VALUE)


def nothing(_path: str, _content: bytes) -> Iterator[DataPlace]:
    """A file that sends nothing on."""
    return iter(())


def in_webpack(path: str, content: bytes) -> Iterator[DataPlace]:
    """Literals that a ``DefinePlugin`` puts into the code."""
    shown = content.decode("utf-8")
    for block in _DEFINE.finditer(shown):
        for match in _DEFINED.finditer(shown, block.start(), block.end()):
            yield from _place(path, shown, match, (match["name"], "DefinePlugin"))


def in_yaml(path: str, content: bytes) -> Iterator[DataPlace]:
    """``name: address`` on a line of its own."""
    yield from _values(path, content, _YAML_VALUE)


def _values(path: str, content: bytes, pattern: re.Pattern[str]) -> Iterator[DataPlace]:
    shown = content.decode("utf-8")
    for match in pattern.finditer(shown):
        if not _commented(shown, match.start("name")):
            yield from _place(path, shown, match, (match["name"],))


def _commented(shown: str, position: int) -> bool:
    return "#" in shown[shown.rfind("\n", 0, position) + 1 : position]


def _place(
    path: str, shown: str, match: re.Match[str], names: tuple[str, ...], source: str | None = None
) -> Iterator[DataPlace]:
    address = read_address(match["url"])
    if address is None:
        return
    start = len(shown[: match.start("url")].encode())
    yield DataPlace(
        path=path,
        line=shown.count("\n", 0, match.start("url")) + 1,
        start=start,
        end=start + len(match["url"].encode()),
        address=address,
        names=names,
        source=source,
    )
