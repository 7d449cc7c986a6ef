"""Whether pydantic-settings decodes a field's text as JSON."""

from __future__ import annotations

import ast

from deployer.code.source import dotted_name
from deployer.code.values import class_fields, keyword

LISTS = ("list", "List", "Sequence", "set", "Set", "tuple", "Tuple")


def wants_json(owner: ast.ClassDef, annotation: ast.expr) -> bool:
    """pydantic-settings decodes a list field as JSON before any validator sees the text.

    So a validator that splits at commas does not help; ``NoDecode``, ``enable_decoding=False`` or
    a union with ``str`` does (pydantic-settings documentation, Parsing environment variables).
    """
    written = ast.unparse(annotation)
    config = class_fields(owner).get("model_config")
    decoding = keyword(config, "enable_decoding") if isinstance(config, ast.Call) else None
    if "NoDecode" in written or (isinstance(decoding, ast.Constant) and decoding.value is False):
        return False
    inner = annotation
    if isinstance(inner, ast.Subscript) and dotted_name(inner.value) in {"Annotated", "Optional"}:
        inner = inner.slice.elts[0] if isinstance(inner.slice, ast.Tuple) else inner.slice
    return any(_is_list(part) for part in _union(inner)) and not any(
        dotted_name(part) == "str" for part in _union(inner)
    )


def _union(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_union(left), *_union(right)]
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=items)):
            return [part for item in items for part in _union(item)]
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _union(inner)
    return [node]


def _is_list(node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Subscript) else node
    return (dotted_name(inner) or "").rpartition(".")[2] in LISTS
