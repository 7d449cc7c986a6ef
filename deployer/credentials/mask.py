"""Which texts the runner must hide so that no secret is shown, in whatever form it turns up.

Hidden is what a log may hold of a value: itself, its lines, its URL-quoted, base64 and JSON forms,
the password inside a URL. Ordinary words are not: hiding `INFO` would blank half the log.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus, unquote

from deployer.credentials import names
from deployer.model import Entry

SHORTEST: Final = 8
_WORDS: Final = re.compile(r"[A-Za-z]+(?:[ _.,-]+[A-Za-z]+)*|[\d.,:]+")
_WORDS_LENGTH: Final = 24
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/@?#,\"]+/?")
_LOCAL: Final = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?/?")
# Up to the first `@` and up to the last: asyncpg and redis take a password that holds one.
_PASSWORD: Final = re.compile(r"://[^\s/:@]{0,200}:(?=([^\s@]{1,500})@)([^\s/?#]{1,500}@)?")
_QUERY: Final = re.compile(r"[?&][\w-]*(?:key|token|password|secret|sig)=([^&\s#]+)", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"%[0-9A-F]{2}")
_URL_SAFE: Final = str.maketrans("+/", "-_")
_FRAME: Final = re.compile(r"-----(?:BEGIN|END) ")


def masks_for(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Every text to hide for the secret ones among ``entries``, longest first."""
    found: set[str] = set()
    for entry in entries:
        if not entry.public:
            found.update(_of_entry(entry))
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def masks_for_token(value: str) -> tuple[str, ...]:
    """Every text to hide for a value that is secret for sure, such as the Hub token."""
    found = {form for piece in _pieces(value) for form in _forms(piece)}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _of_entry(entry: Entry) -> Iterator[str]:
    sure = names.is_sensitive(entry.name)
    for piece in _pieces(entry.value.reveal()):
        if len(piece) >= SHORTEST and (sure or not _harmless(entry.name, piece)):
            yield from _forms(piece)


def _pieces(value: str) -> Iterator[str]:
    """The value, its lines, and what is secret inside a URL."""
    yield value
    yield value.strip()
    # Messages put foreign words on one line (the Hub's, git's), and a value may stand in them.
    yield " ".join(value.split())
    yield from (line.strip() for line in value.splitlines() if not _FRAME.match(line.strip()))
    yield from _leaves(value)
    passwords = (text.removesuffix("@") for found in _PASSWORD.findall(value) for text in found)
    for inside in (*passwords, *_QUERY.findall(value)):
        yield inside
        yield unquote(inside)


def _leaves(value: str) -> Iterator[str]:
    """The long strings of a JSON object (a service account's private key), line by line."""
    if not value.lstrip().startswith("{"):
        return
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        return
    for leaf in content.values():
        if isinstance(leaf, str) and len(leaf) > 2 * SHORTEST and not _ORIGIN.match(leaf):
            yield from (line for line in leaf.splitlines() if not _FRAME.match(line))


def _encoded(raw: bytes) -> Iterator[str]:
    """Base64: by itself, wrapped as mail programs do, and inside of more (`user:` before it)."""
    forms = {base64.b64encode(raw).decode().rstrip("="), *base64.encodebytes(raw).decode().split()}
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw).decode()
        # The characters that hold nothing but bits of the value, whatever its neighbours are.
        forms.add(whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6])
    yield from forms
    yield from (form.translate(_URL_SAFE) for form in forms)


def _harmless(name: str, piece: str) -> bool:
    if len(piece) <= _WORDS_LENGTH and _WORDS.fullmatch(piece):
        return True
    if _LOCAL.fullmatch(piece):
        return True
    return names.is_public(name) and all(
        _ORIGIN.fullmatch(each.strip(" \"'")) or _WORDS.fullmatch(each)
        for each in piece.strip("[]").split(",")
    )


def _forms(piece: str) -> Iterator[str]:
    raw = piece.encode("utf-8", "replace")
    quoted = (quote(raw, safe=""), quote(raw), quote_plus(raw))
    as_json = json.dumps(piece)[1:-1]
    forms = {
        piece,
        *quoted,
        *(_ESCAPE.sub(lambda escape: escape[0].lower(), form) for form in quoted),
        as_json,
        as_json.replace("/", "\\/"),  # ujson's way
        json.dumps(as_json)[1:-1],  # a message in JSON inside of a log in JSON
        json.dumps(piece, ensure_ascii=False)[1:-1],
        repr(piece)[1:-1],
        repr(raw)[2:-1],
        html.escape(piece),
        html.escape(piece, quote=False),
        html.escape(piece).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),  # markupsafe's
        *_encoded(raw),
    }
    # The runner takes one line at a time; a form of several lines is covered by its lines.
    yield from (form for form in forms if len(form) >= SHORTEST and not re.search(r"[\r\n]", form))
