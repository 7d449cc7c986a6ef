"""From the document to the fleet: every entry with the defaults in it, every problem at once."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from deployer import input_types
from deployer.errors import Exit, Problem, Refused, Where, refuse
from deployer.fleet import LARGEST, MOST, Entry, Fleet, Input, Named
from deployer.fleet.document import Items, Part, Table, Text, read_document
from deployer.fleet.layer import Finder, Layer, judge, read_layer, text_of

TOP: Final = frozenset({"defaults", "spaces"})
OWN: Final = frozenset({"space", "canary", "each"})
FORM: Final = "Write `spaces:` and below it a list, each item with `space: owner/name`."
WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def read_fleet(content: bytes | None, path: str) -> Fleet:
    """The fleet of a file. Raises ``Refused`` (exit 2) with every problem and its line."""
    if content is None:
        message = f"There is no file `{path}` in the repository."
        hint = "Check the path, relative to the repository's root, and that the job checks it out."
        raise Refused([_of_input(message, hint)])
    if len(content) > LARGEST:
        raise Refused([_of_input(f"`{path}` is larger than {LARGEST // 1024} KiB.", "Split it.")])
    root, finder = read_document(content, path), Finder(path=path)
    entries = tuple(_entries(root, finder))
    _judge_all(entries, finder)
    refuse(sorted(finder.problems, key=lambda each: (each.where and each.where.line) or 0))
    return Fleet(path=path, entries=entries)


def find_entry(fleet: Fleet, space: str) -> Entry:
    """The entry of one Space. Raises ``Refused`` (exit 2)."""
    entry = fleet.entry(space)
    if entry is None:
        near = difflib.get_close_matches(space, [each.space for each in fleet.entries], 1)
        hint = f"Did you mean `{near[0]}`?" if near else "Add it there, or leave `fleet` out."
        message = f"`{space}` is none of the Spaces in `{fleet.path}`."
        where = Where(input="space")
        raise Refused([Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)])
    return entry


def _of_input(message: str, hint: str) -> Problem:
    where = Where(input="fleet")
    return Problem(exit=Exit.CONFIGURATION, message=message, hint=hint, where=where)


def _entries(root: Part, finder: Finder) -> Iterator[Entry]:
    if not isinstance(root, Table):
        finder.say("The file holds no Spaces.", root.line, FORM)
        return
    for name in root.rows.keys() - TOP:
        hint = "At the top there are `defaults` and `spaces`."
        finder.say("A key at the top is neither of the two.", root.lines[name], hint)
    defaults = _defaults(root, finder)
    spaces = root.rows.get("spaces")
    if not isinstance(spaces, Items) or not spaces.items:
        finder.say("The file lists no Spaces.", root.lines.get("spaces", root.line), FORM)
        return
    count = 0
    for item in spaces.items:
        for entry in _of_item(item, defaults, finder):
            count += 1
            if count > MOST:
                finder.say(f"There are more than {MOST} Spaces.", item.line, "Split the file.")
                return
            yield entry


def _defaults(root: Table, finder: Finder) -> Layer:
    given = root.rows.get("defaults")
    if given is None or (isinstance(given, Text) and given.null):
        return Layer()
    if isinstance(given, Table):
        return read_layer(given, finder)
    finder.say("`defaults` must be a mapping of inputs.", root.lines["defaults"])
    return Layer()


def _of_item(item: Part, defaults: Layer, finder: Finder) -> Iterator[Entry]:
    """The entries of one item of the list: several for one with `each`."""
    if isinstance(item, Text):  # nothing but a name: all of it comes from the defaults
        yield _entry(item.text, item.line, defaults)
        return
    if not isinstance(item, Table) or "space" not in item.rows:
        finder.say("An item of `spaces` names no Space.", item.line, FORM)
        return
    layer = _merged(defaults, read_layer(item, finder, OWN))
    line = item.lines["space"]
    space = text_of(item.rows["space"], "`space`", line, finder)
    entry = _entry(space, line, layer, canary=_canary(item, finder))
    words = _words(item, finder)
    if words is None:
        yield entry
    elif "{each}" not in space:
        finder.say("`space` must hold `{each}`, for which each word of `each` is put.", line)
    else:
        yield from (_with(entry, word) for word in words)


def _entry(space: str, line: int, layer: Layer, *, canary: bool = False) -> Entry:
    return Entry(
        space=space,
        line=line,
        canary=canary,
        inputs={name: given for name, given in layer.inputs.items() if given is not None},
        secrets=layer.secrets,
        variables=layer.variables,
    )


def _merged(defaults: Layer, own: Layer) -> Layer:
    """The entry's own word wins; secrets and variables are added to those of the defaults."""
    return Layer(
        inputs={**defaults.inputs, **own.inputs},
        secrets={**defaults.secrets, **own.secrets},
        variables={**defaults.variables, **own.variables},
    )


def _canary(item: Table, finder: Finder) -> bool:
    part = item.rows.get("canary")
    if part is None:
        return False
    text = text_of(part, "`canary`", item.lines["canary"], finder).lower()
    if text not in ("true", "false"):
        finder.say("`canary` must be true or false.", item.lines["canary"])
    return text == "true"


def _words(item: Table, finder: Finder) -> Sequence[str] | None:
    part = item.rows.get("each")
    if part is None:
        return None
    items = part.items if isinstance(part, Items) else ()
    words = [each.text if isinstance(each, Text) else "" for each in items]
    if not words or not all(WORD.fullmatch(word) for word in words):
        hint = "They become part of the Space's name: letters, digits, `-`, `_` and `.`."
        finder.say("`each` must be a list of words.", item.lines["each"], hint)
        return ()
    return words


def _with(entry: Entry, word: str) -> Entry:
    """The entry for one word: `{each}` as written, `{EACH}` as a part of a variable's name."""
    loud = re.sub(r"[^A-Z0-9]", "_", word.upper())

    def put(text: str) -> str:
        return text.replace("{each}", word).replace("{EACH}", loud)

    def named(rows: Mapping[str, Named]) -> Mapping[str, Named]:
        return {
            name: replace(
                each,
                source=put(each.source),
                value=each.value if each.value is None else put(each.value),
            )
            for name, each in rows.items()
        }

    return replace(
        entry,
        space=put(entry.space),
        inputs={
            name: Input(text=put(given.text), line=given.line)
            for name, given in entry.inputs.items()
        },
        secrets=named(entry.secrets),
        variables=named(entry.variables),
    )


def _judge_all(entries: Sequence[Entry], finder: Finder) -> None:
    seen: dict[str, int] = {}
    rewritten: dict[str, Entry] = {}
    judged: set[tuple[str, Input]] = set()
    for entry in entries:
        _judge_space(entry, seen, finder)
        for name, given in entry.inputs.items():
            if (name, given) not in judged:
                judged.add((name, given))
                judge(name, given, finder)
        _judge_frontend(entry, rewritten, finder)


def _judge_space(entry: Entry, seen: dict[str, int], finder: Finder) -> None:
    try:
        input_types.space(entry.space)
    except input_types.Invalid as invalid:
        shown = f"`{entry.space}`" if len(entry.space) <= 200 else "It"
        finder.say(f"`space`: {shown} {invalid}.", entry.line, invalid.hint)
        return
    first = seen.get(entry.space.lower())
    if first is not None:
        finder.say(f"`{entry.space}` is listed twice, first on line {first}.", entry.line)
    seen.setdefault(entry.space.lower(), entry.line)


def _judge_frontend(entry: Entry, rewritten: dict[str, Entry], finder: Finder) -> None:
    """Two Spaces that write their address into the same client would undo each other."""
    commit = entry.inputs.get("frontend-commit")
    given = entry.inputs.get("frontend")
    if given is None or given.text.strip() == "none" or (commit and commit.text == "none"):
        return
    for path in input_types.lines(given.text):
        plain = posixpath.normpath(path.strip())
        first = rewritten.setdefault(plain, entry)
        if first is not entry:
            message = f"`{first.space}` and `{entry.space}` would both rewrite `{plain}`."
            hint = "Give `frontend` to one of them, or leave it out: a fleet then changes none."
            finder.say(message, given.line, hint)
