"""Which Python the code's syntax needs, whatever Python this program itself runs on.

A file for a newer Python than ours need not parse here: what makes it fail is recognised, and
where possible the file is read without it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

OLDEST = (3, 0)
GENERICS = re.compile(r"\s*(?:type\s+\w+\s*(?:\[.*\])?\s*=|(?:async\s+)?def\s+\w+\[|class\s+\w+\[)")
NESTED = re.compile(rb"[fF][rR]?[\"'][^\n]*\{[^}\n]*[\"'\\#]")
NEW_NODES = {"Match": (3, 10), "TryStar": (3, 11), "TypeAlias": (3, 12), "TemplateStr": (3, 14)}
GENERIC_NODES = frozenset(["FunctionDef", "AsyncFunctionDef", "ClassDef"])

Version = tuple[int, int]


def version_of(nodes: Iterable[ast.AST], content: bytes) -> Version:
    """The oldest Python that can parse a file which parsed here, as far as is known."""
    needed = max(_of_nodes(nodes), default=OLDEST)
    if needed < (3, 12) and NESTED.search(content) and _has_nested_string(content):
        return (3, 12)
    return needed


def version_of_broken(error: SyntaxError, content: bytes) -> Version:
    """The Python in which a file that failed here might parse; ``OLDEST`` when it is just wrong."""
    lines = content.decode("utf-8", "replace").splitlines()
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    if "f-string" in (error.msg or "") or GENERICS.match(line):
        return (3, 12)
    return (3, 14) if "multiple exception types" in (error.msg or "") else OLDEST


def made_plain(content: bytes) -> bytes:
    """The source with the same lines, its f-strings and generics made plain, so that it parses.

    Raises ``tokenize.TokenError`` or ``SyntaxError`` when not even the tokens can be read.
    """
    lines = io.BytesIO(content).readlines()
    text = [_without_generics(line.decode("utf-8", "replace")) for line in lines]
    for token in tokenize.generate_tokens(iter([*text, ""]).__next__):
        prefix = re.match(r"[a-zA-Z]*", token.string)
        if token.type == tokenize.STRING and prefix and "f" in prefix[0].lower():
            row, column = token.start[0] - 1, token.start[1]
            plain = re.sub("[fF]", "", prefix[0]).rjust(len(prefix[0]))
            text[row] = text[row][:column] + plain + text[row][column + len(plain) :]
    return "".join(text).encode()


def _without_generics(line: str) -> str:
    line = re.sub(r"^(\s*)type\s+(\w+)\s*(\[.*?\])?\s*=", r"\1\2 =", line)
    return re.sub(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[.*?\](?=[(:])", r"\1", line)


def _of_nodes(nodes: Iterable[ast.AST]) -> Iterator[Version]:
    """What each statement or expression of a newer kind needs; most nodes are of none."""
    for node in nodes:
        kind = type(node).__name__
        if kind in NEW_NODES:
            yield NEW_NODES[kind]
        elif kind in GENERIC_NODES and getattr(node, "type_params", None):
            yield (3, 12)


def _has_nested_string(content: bytes) -> bool:
    """Whether an f-string holds its own quotes, a backslash or a comment (PEP 701)."""
    start = getattr(tokenize, "FSTRING_START", None)
    if start is None:
        return False  # before 3.12 such a file doesn't parse in the first place
    end = vars(tokenize)["FSTRING_END"]
    quotes: list[str] = []
    for token in _tokens(content):
        if token.type == start:
            if quotes and _quote(token.string) == quotes[-1]:
                return True
            quotes.append(_quote(token.string))
        elif token.type == end:
            quotes.pop()
        elif quotes and _is_new(token, quotes[-1]):
            return True
    return False


def _tokens(content: bytes) -> Iterator[tokenize.TokenInfo]:
    yield from tokenize.tokenize(io.BytesIO(content).readline)


def _is_new(token: tokenize.TokenInfo, quote: str) -> bool:
    if token.type == tokenize.COMMENT:
        return True
    inside = token.type == tokenize.STRING
    return inside and ("\\" in token.string or _quote(token.string) == quote)


def _quote(literal: str) -> str:
    bare = literal.lstrip("rRbBfFuU")
    return bare[:3] if bare[:3] in {'"""', "'''"} else bare[:1]
