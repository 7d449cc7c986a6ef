"""Finds what is wrong with a value before it is sent: all findings of all entries at once.

Rule: a value that works is never refused. What can't be known for sure is a notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from deployer.credentials import addresses, names, origins
from deployer.credentials.findings import Finding, divide, odd, wrong
from deployer.credentials.mask import masks_for
from deployer.errors import Exit, Notice, Problem, Where
from deployer.model import Backend, Entry
from deployer.scrub import contains_key

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff]")
_NAMED: Final = {" ": "a space", "\n": "a line break", "\t": "a tab", "\r": "a carriage return"}

_PLACEHOLDER: Final = re.compile(
    r"(?:[\w-]*[-_ ])?x{3,}|[x*.•-]{3,}|[\w-]{0,20}(?:\.{3}|…)"
    r"|\?{2,}|<[^<>\n]{1,80}>|\[?your[-_]\S+|\S{0,40}[-_]here"
    r"|\[?(?:your|insert|add|put|enter|paste)[-_ ](?:\w{1,20}[-_ ]){0,3}"
    r"(?:key|token|secret|password|url|value)(?:[-_ ]here)?\]?"
    r"|change[-_ ]?(?:me|this|it)!?|replace[-_ ]?(?:me|this|with.{0,40})"
    r"|to[-_ ]?do|tbd|fixme|placeholder",
    re.IGNORECASE,
)
_NO_KEY: Final = re.compile(r"none|null|undefined|nil|n/?a", re.IGNORECASE)
_DOUBTFUL: Final = re.compile(
    r"dummy|example|sample|test|foo|bar|(?:my|test|fake|dummy)[-_ ](?:\w{1,20}[-_ ])?"
    r"(?:key|token|secret|password)",
    re.IGNORECASE,
)
_PLACEHOLDER_INSIDE: Final = re.compile(
    r"\[your[-_ ][^\]\n]{1,40}\]|\$\{\{[^}\n]{0,200}\}\}"
    r"|<(?:your[-_ ])?(?:\w{1,20}[-_ ])?"
    r"(?:password|user|host|key|token|cluster|project)[^<>\n]{0,20}>"
    r"|://x{3,}[.:/]|://your[-_](?:cluster|host|project)",
    re.IGNORECASE,
)
_BOOLEAN_OR_NUMBER: Final = re.compile(r"true|false|yes|no|on|off|[\d.]*", re.IGNORECASE)
_QUERY_KEY: Final = re.compile(
    r"[?&](?:[\w-]*api-?_?key|[\w-]*token|password|key|secret)=[^&\s]{4}", re.IGNORECASE
)

Check = Callable[[Entry, Backend | None], Iterator[Finding]]


def check_entries(
    entries: Sequence[Entry], *, backend: Backend | None
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """What stops the run, and what is only said. ``backend`` None: its code wasn't read."""
    alone = (found for entry in entries for found in _check(entry, backend))
    return divide((*alone, *_also_public(entries)))


def _check(entry: Entry, backend: Backend | None) -> Iterator[Finding]:
    value = entry.value.reveal()
    if value and not value.strip():
        yield wrong(entry, "holds nothing but white space.", "Give it a value or remove the line.")
        return
    for check in _FORM:
        yield from check(entry, backend)
    placeholder = list(_placeholder(entry, backend))
    yield from placeholder
    for check in () if divide(placeholder)[0] else _MEANING:
        yield from check(entry, backend)


def _also_public(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Variables that hold what is given as a secret."""
    secret = [entry for entry in searched(entries) if is_random(entry.value.reveal().strip())]
    for entry in entries:
        value = entry.value.reveal() if entry.public else ""
        for each in secret:
            if each.value.reveal().strip() in value:
                yield wrong(
                    entry,
                    f"holds the value of the secret `{each.name}`, and a Space's variables can be "
                    "read by everybody.",
                    "Take it out of the input `variables`.",
                )


def searched(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The secrets that are looked for in what ships: those whose value a log hides, too."""
    return tuple(
        entry
        for entry in entries
        if not entry.public and entry.value.reveal().strip() in masks_for([entry])
    )


def shipped_values(
    entries: Sequence[Entry], path: str, content: bytes
) -> tuple[tuple[Problem, ...], tuple[Notice, ...]]:
    """Which of ``entries`` have their value in a file that ships.

    A random one stops the run; of another, which may be a default that everybody knows, it is said.
    """
    return divide(found for entry in entries for found in _shipped(entry, path, content))


def _shipped(entry: Entry, path: str, content: bytes) -> Iterator[Finding]:
    value = entry.value.reveal().strip()
    if value in path and is_random(value):
        message = f"The name of a file holds the value of the secret `{entry.name}`."
        hint = "Rename it; if the name was ever public, replace the value."
        yield Problem(exit=Exit.BUNDLE, message=message, hint=hint, where=Where(file=path))
    start = content.find(value.encode("utf-8", "replace"))
    if start < 0:
        return
    where = Where(file=path, line=content.count(b"\n", 0, start) + 1)
    message = f"The value of the secret `{entry.name}` stands here and would ship with the Space."
    if is_random(value):
        hint = "Read it from the environment; if the file was ever public, replace the value."
        yield Problem(exit=Exit.BUNDLE, message=message, hint=hint, where=where)
    else:
        yield Notice(message=message, hint="If it is secret, take it out.", where=where)


def _white_space(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    value = entry.value.reveal()
    if _ends_well(value):
        value = value.rstrip("\r\n")
    for end, char in (("begins", value[:1]), ("ends", value[-1:])):
        if char.isspace():
            yield wrong(
                entry,
                f"{end} with {_NAMED.get(char, 'white space')}.",
                "It would be sent along and break connections and logins: save the value again "
                "without it" + (" (`printf %s` instead of `echo`)." if char == "\n" else "."),
            )


def _ends_well(value: str) -> bool:
    """PEM blocks end with a line break, and pretty-printed JSON may."""
    text = value.rstrip("\r\n")
    return text.endswith("-----") or ("\n" in text and _json(text) is not None)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _quotes(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    text = entry.value.reveal().strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'`" and text[0] not in text[1:-1]:
        yield wrong(
            entry,
            "has quotes around its value, which would be sent as part of it.",
            "Save the value without them: GitHub's secrets and `env:` need no quotes.",
        )


def _encoding(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    # Bytes of an environment variable that are no UTF-8 come as lone surrogates (PEP 383).
    if any("\ud800" <= char <= "\udfff" for char in entry.value.reveal()):
        yield wrong(
            entry,
            "is not written in UTF-8, and the Hub takes nothing else.",
            "Save the value again as UTF-8; bytes that are no text go through base64.",
        )


def _control(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    value = entry.value.reveal()
    found = _CONTROL.search(value.strip()) or _INVISIBLE.search(value)
    if found:
        yield wrong(
            entry,
            f"contains the invisible character U+{ord(found[0]):04X}.",
            "It came along when the value was copied: type or copy it again.",
        )


def _placeholder(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    text = entry.value.reveal().strip().strip("\"'")
    sensitive = names.is_sensitive(entry.name)
    whole = _PLACEHOLDER.fullmatch(text) or (sensitive and _NO_KEY.fullmatch(text))
    if entry.public and " " in text:
        return  # a sentence for people ("Enter your password") is no placeholder
    if sensitive and _DOUBTFUL.fullmatch(text):
        yield odd(entry, "looks like a made-up value.", "If it is one, put the real one there.")
    elif whole or _PLACEHOLDER_INSIDE.search(text):
        yield wrong(
            entry,
            f"{'is' if whole else 'contains'} a placeholder.",
            "Put the real value in its place.",
        )


def _belongs_to_secrets(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    if entry.public and entry.value and _secret(entry.name, entry.value.reveal().strip()):
        yield wrong(
            entry,
            "looks like a secret, and a Space's variables can be read by everybody.",
            "Name it in the input `secrets` instead. If the value was ever public, replace it.",
        )


def _secret(name: str, value: str) -> bool:
    if contains_key(value) or _QUERY_KEY.search(value):
        return True
    if _BOOLEAN_OR_NUMBER.fullmatch(value):
        return False
    if names.is_api_key(name) or names.is_password(name):
        return True
    return names.is_sensitive(name) and is_random(value)


def is_random(value: str) -> bool:
    """At least 16 characters without a space that mix letters and digits and seldom repeat."""
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return bool(mixed) and len(value) >= 16 and " " not in value and len(set(value)) >= 10


def _better_public(entry: Entry, backend: Backend | None) -> Iterator[Finding]:
    if entry.public or _secret(entry.name, entry.value.reveal()):
        return
    setting = backend.origins.name if backend and backend.origins else None
    if names.is_public(entry.name) or names.is_qdrant_url(entry.name) or entry.name == setting:
        yield odd(
            entry,
            "serves better as a variable: nothing in it is secret, and variables can be read and "
            "compared.",
            "Name it in the input `variables`.",
            warning=False,
        )


_FORM: Final[tuple[Check, ...]] = (_white_space, _quotes, _encoding, _control)
_MEANING: Final[tuple[Check, ...]] = (
    _belongs_to_secrets,
    _better_public,
    addresses.check_postgres,
    addresses.check_qdrant,
    origins.check_origins,
)
