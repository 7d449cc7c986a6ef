"""Parses JavaScript and TypeScript with tree-sitter, in files of their own and in script blocks.

Byte offsets of every node are offsets in the file, also for a block inside HTML, Vue or Svelte:
what is not script is blanked out before parsing, line ends kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from deployer.model.quiet import Quiet

_GRAMMARS = {
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
}
_MARKUP = frozenset({".html", ".htm", ".vue", ".svelte", ".astro"})
SCRIPT_SUFFIXES = frozenset(_GRAMMARS) | _MARKUP

_BLOCK = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
# Astro runs what stands between the fences at the top when it builds or serves the page.
_FENCED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n(.*?)^---", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_OTHER_TYPE = re.compile(
    rb"""\btype\s*=\s*["']?(?!module|text/javascript|application/javascript|text/babel|["'\s>])""",
    re.IGNORECASE,
)
_TYPESCRIPT = re.compile(rb"""\blang\s*=\s*["']?tsx?\b""", re.IGNORECASE)
_FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)
_CAPTURES = """
[(string) (template_string)] @text
(member_expression) @member
(variable_declarator name: (identifier) @declared)
(identifier) @identifier
"""


class Script(Quiet, frozen=True, kw_only=True):
    """A parsed file: its bytes, the tree of its script, and where each identifier stands."""

    path: str
    content: bytes
    root: Node
    captures: Mapping[str, tuple[Node, ...]]
    uses: Mapping[str, tuple[Node, ...]]

    @property
    def module(self) -> bool:
        """It has imports or exports, so its top-level names are its own."""
        kinds = {child.type for child in self.root.children}
        return bool(kinds & {"import_statement", "export_statement"})

    def fenced(self, node: Node) -> bool:
        """It stands between the fences of an Astro page, which no browser runs."""
        match = _FENCED.match(self.content) if self.path.lower().endswith(".astro") else None
        return match is not None and node.start_byte < match.end(1)

    def line(self, node: Node) -> int:
        """1-based line of a node."""
        return int(node.start_point[0]) + 1

    def captured(self, name: str) -> tuple[Node, ...]:
        """Nodes in order: ``text`` (string, template), ``member``, ``declared`` name."""
        return self.captures.get(name, ())


@cache
def _language(grammar: str) -> Language:
    if grammar == "javascript":
        return Language(tree_sitter_javascript.language())
    if grammar == "tsx":
        return Language(tree_sitter_typescript.language_tsx())
    return Language(tree_sitter_typescript.language_typescript())


@cache
def _query(grammar: str) -> Query:
    return Query(_language(grammar), _CAPTURES)


def parse(path: str, content: bytes) -> Script | None:
    """The parsed file, or None when it is no script, is not UTF-8 or does not parse."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix not in SCRIPT_SUFFIXES or not is_utf8(content):
        return None
    astro = suffix == ".astro"
    grammar = "typescript" if astro else _GRAMMARS.get(suffix) or _block_grammar(content)
    source = _blanked(content, fenced=astro) if suffix in _MARKUP else content
    root = Parser(_language(grammar)).parse(source).root_node
    if root.has_error:
        return None
    captures = _captures(grammar, root)
    uses: dict[str, list[Node]] = {}
    for node in captures.pop("identifier", ()):
        uses.setdefault(text(node), []).append(node)
    grouped = {name: tuple(nodes) for name, nodes in uses.items()}
    return Script(path=path, content=content, root=root, captures=captures, uses=grouped)


def _captures(grammar: str, root: Node) -> dict[str, tuple[Node, ...]]:
    found = QueryCursor(_query(grammar)).captures(root)
    return {
        name: tuple(sorted(nodes, key=lambda node: node.start_byte))
        for name, nodes in found.items()
    }


def parse_json(content: bytes) -> tuple[Node, int] | None:
    """The tree of a JSON document, and how many bytes its offsets are ahead of the document's."""
    mark = content.startswith(b"\xef\xbb\xbf")
    source = b"  (" + content[3:] + b")" if mark else b"(" + content + b")"
    root = Parser(_language("javascript")).parse(source).root_node
    return None if root.has_error or not is_utf8(content) else (root, 0 if mark else 1)


def is_markup(path: str) -> bool:
    """A page or component whose script stands in a block."""
    return PurePosixPath(path).suffix.lower() in _MARKUP


def is_utf8(content: bytes) -> bool:
    """True for text in UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _block_grammar(content: bytes) -> str:
    blocks = _BLOCK.finditer(content)
    return "typescript" if any(_TYPESCRIPT.search(b[1]) for b in blocks) else "javascript"


def _blanked(content: bytes, *, fenced: bool) -> bytes:
    out = bytearray(re.sub(rb"[^\r\n]", b" ", content))
    match = _FENCED.match(content) if fenced else None
    if match is not None:
        out[match.start(1) : match.end(1)] = match[1]
        content = b" " * match.end() + content[match.end() :]
    visible = _COMMENT.sub(lambda match: re.sub(rb"[^\r\n]", b" ", match[0]), content)
    for block in _BLOCK.finditer(visible):
        if not _OTHER_TYPE.search(block[1]):
            out[block.start(2) : block.end(2)] = content[block.start(2) : block.end(2)]
    return bytes(out)


def text(node: Node) -> str:
    """The node's source text."""
    return (node.text or b"").decode("utf-8")


def ancestors(node: Node) -> Iterator[Node]:
    """Parents, nearest first."""
    while node.parent is not None:
        node = node.parent
        yield node


def function_of(node: Node) -> Node | None:
    """The nearest enclosing function, method or arrow function."""
    return next((up for up in ancestors(node) if up.type in _FUNCTIONS), None)


def enclosing(node: Node, *types: str) -> Node | None:
    """The nearest ancestor of one of the types."""
    return next((up for up in ancestors(node) if up.type in types), None)


def is_field(parent: Node, name: str, child: Node) -> bool:
    """``child`` is the field ``name`` of ``parent``."""
    return parent.child_by_field_name(name) == child


def operator(node: Node) -> str:
    """The operator of a binary or unary expression."""
    found = node.child_by_field_name("operator")
    return text(found) if found else ""


def unwrapped(node: Node) -> Node:
    """The node without parentheses and TypeScript's ``as``, ``satisfies`` and ``!``."""
    while node.type in WRAPPERS and node.named_child_count:
        node = node.named_children[0]
    return node


WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)


def literal_value(node: Node) -> str | None:
    """The text of a string, or of a template up to its first substitution.

    None when it is empty or has an escape, so that bytes and meaning are the same thing.
    """
    first = node.named_children[0] if node.named_child_count else None
    if first is None or first.type != "string_fragment":
        return None
    if any(child.type == "escape_sequence" for child in node.named_children):
        return None
    return text(first)


def declared_value(node: Node, name: str) -> Node | None:
    """The value that the nearest ``const name = …`` before ``node`` gives."""
    for block in ancestors(node):
        if block.type not in ("statement_block", "program"):
            continue
        for statement in block.children:
            inner = statement.child_by_field_name("declaration") or statement
            for child in inner.named_children:
                found = child.child_by_field_name("name")
                if child.type == "variable_declarator" and found and text(found) == name:
                    return child.child_by_field_name("value")
    return None
