"""Requirements that stand in another file than requirements.txt, written as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from deployer.code.source import join
from deployer.dependencies import addresses, pins, requirements
from deployer.dependencies.found import Dependencies, Manifest, Source
from deployer.errors import Notice, Problem, refuse


class Wish(Struct, frozen=True, kw_only=True):
    """One requirement: its ``text`` as pip takes it, or a ``path`` relative to its file."""

    text: str = ""
    path: str = ""
    line: int | None = None


def manifest(
    source: Source,
    kind: str,
    wishes: Sequence[Wish],
    *,
    python: str = "",
    indexes: Sequence[str] = (),
    notices: tuple[Notice, ...] = (),
) -> Manifest:
    """What a list of requirements comes to; nothing in it is locked."""
    asked = requirements.parse("".join(f"{wish.text}\n" for wish in wishes if wish.text))

    def install(_: str) -> Dependencies:
        refuse([*_problems(source, wishes), *_index_problems(source, indexes)])
        lines = [f"--extra-index-url {index}" for index in _extra(indexes)]
        lines += _lines(source, wishes)
        cleaned = requirements.clean("".join(f"{line}\n" for line in lines).encode(), source.needed)
        main = join(source.backend, pins.STANDARD)
        return Dependencies(
            main=main,
            files={main: cleaned.content},
            entries=cleaned.entries,
            removed=cleaned.removed,
            notices=notices,
        )

    return Manifest(
        kind=kind,
        path=source.path,
        asked=asked,
        names=frozenset(entry.name for entry in asked if entry.name),
        python=python,
        install=install,
    )


def _extra(indexes: Iterable[str]) -> list[str]:
    return [index for index in dict.fromkeys(indexes) if not addresses.is_default(index)]


def _lines(source: Source, wishes: Iterable[Wish]) -> Iterator[str]:
    for wish in wishes:
        line = pins.local(source, wish.path) if wish.path else wish.text
        if line:
            yield line


def _problems(source: Source, wishes: Iterable[Wish]) -> Iterator[Problem]:
    for wish in wishes:
        found = addresses.objection(wish.text)
        if found:
            yield source.problem(*found, wish.line)
        elif wish.path and pins.leaves(source, wish.path):
            yield pins.outside(source, wish.path, wish.line)


def _index_problems(source: Source, indexes: Iterable[str]) -> Iterator[Problem]:
    for index in _extra(indexes):
        found = addresses.index_objection(index)
        if found:
            yield source.problem(*found, source.line_of(index))
