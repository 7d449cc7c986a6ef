"""Rewrites addresses in a data file, and proves that the document differs in those alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from deployer.frontend.data_formats import DataPlace
from deployer.frontend.request import FrontendRequest
from deployer.model import FileChange


def data_change(
    path: str, before: bytes, places: Collection[DataPlace], request: FrontendRequest
) -> FileChange | None:
    """The file with the deployed address in each place; None when nothing has to change.

    None, too, when the change can't be proved; ``unproved`` tells that case.
    """
    wanted = [(place, _new(place, request)) for place in places]
    pairs = [(place, new) for place, new in wanted if new != _old(place, before)]
    after = _applied(before, pairs)
    if after == before or not _proved(path, before, after, pairs):
        return None
    return FileChange(path=path, before=before, after=after)


def unproved(
    path: str, before: bytes, places: Collection[DataPlace], request: FrontendRequest
) -> bool:
    """Something has to change, but the file can't be read well enough to be sure of the change."""
    pairs = [(place, _new(place, request)) for place in places]
    pending = any(new != _old(place, before) for place, new in pairs)
    return pending and data_change(path, before, places, request) is None


def _new(place: DataPlace, request: FrontendRequest) -> str:
    return place.address.at(request.backend_url)


def _old(place: DataPlace, content: bytes) -> str:
    return content[place.start : place.end].decode()


def _applied(content: bytes, pairs: Sequence[tuple[DataPlace, str]]) -> bytes:
    for place, new in sorted(pairs, key=lambda pair: pair[0].start, reverse=True):
        content = content[: place.start] + new.encode() + content[place.end :]
    return content


def _proved(path: str, before: bytes, after: bytes, pairs: Sequence[tuple[DataPlace, str]]) -> bool:
    """Parsed before and after, the documents differ in exactly these values."""
    suffix = PurePosixPath(path).suffix
    if suffix not in (".json", ".toml"):
        return True
    try:
        old, new = (list(_leaves(_parsed(suffix, content))) for content in (before, after))
    except (ValueError, RecursionError):
        return False
    if len(old) != len(new):
        return False
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    expected = sorted((_old(place, before), value) for place, value in pairs)
    return sorted((str(a[1]), str(b[1])) for a, b in differing) == expected and all(
        a[0] == b[0] for a, b in differing
    )


def _parsed(suffix: str, content: bytes) -> Any:
    shown = content.decode("utf-8-sig")
    return (
        tomllib.loads(shown) if suffix == ".toml" else json.loads(shown, object_pairs_hook=_Pairs)
    )


class _Pairs(list[tuple[str, Any]]):
    """A JSON object that keeps the order of its keys, and those that stand twice."""


def _leaves(value: Any, at: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], Any]]:
    if isinstance(value, _Pairs):
        for number, (key, inner) in enumerate(value):
            yield from _leaves(inner, (*at, number, key))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*at, number))
    else:
        yield at, value
