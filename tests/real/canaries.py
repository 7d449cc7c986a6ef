"""The search for secrets, in every form that a log, a page or a header may give them.

It knows nothing of the program's own masks.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus


def forms(value: str) -> Iterator[str]:
    """What a log, a page or a header may make of a secret."""
    for piece in {value, *value.splitlines()}:
        if len(piece) < 8 or "PRIVATE KEY-----" in piece:
            continue
        raw = piece.encode()
        yield from (piece, repr(piece)[1:-1], json.dumps(piece)[1:-1], html.escape(piece))
        yield from (quote(piece), quote(piece, safe=""), quote_plus(piece))
        yield re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", piece)
        for before in range(3):
            yield base64.b64encode(bytes(before) + raw).decode()[4:-4]


def found(traces: Mapping[str, str], secrets: Mapping[str, str]) -> list[str]:
    """Where a secret shows: place, name and form."""
    return [
        f"{place}: {name} as {form}"
        for name, value in secrets.items()
        for form in set(forms(value))
        for place, text in traces.items()
        if form in text
    ]
