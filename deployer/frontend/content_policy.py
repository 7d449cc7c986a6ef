"""Finds content security policies that would keep the browser from calling the Space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.errors import Notice, Where
from deployer.frontend.addresses import Address
from deployer.frontend.discovery import Frontend

# Source: "connect-src" of Content Security Policy Level 3; `default-src` stands in for it.
_DIRECTIVE = re.compile(r"\b(?P<name>connect-src|default-src)[ \t]+(?P<sources>[^;\n]*)")
_LONGEST = 2_000


def blocking(frontend: Frontend, deployed: Address) -> Iterator[Notice]:
    """A warning for each policy that lets the page call hosts by name, and the Space not."""
    for path, content in {**frontend.sources, **frontend.data}.items():
        if b"-src" not in content:
            continue
        shown = content.decode("utf-8", "replace")
        found = [m for m in _DIRECTIVE.finditer(shown) if len(m[0]) < _LONGEST]
        connect = [match for match in found if match["name"] == "connect-src"]
        for match in connect or found[:1]:
            if not _lets(match["sources"], deployed):
                yield Notice(
                    message=f"This policy's {match['name']} keeps the browser from calling "
                    f"{deployed.origin}.",
                    hint=f"Add to it: {deployed.origin}",
                    where=Where(file=path, line=shown.count("\n", 0, match.start()) + 1),
                )


def _lets(sources: str, deployed: Address) -> bool:
    words = [word.strip("\"'`,") for word in sources.split()]
    parent = deployed.host.partition(".")[2]
    allowed = (deployed.origin, deployed.host, "*", f"{deployed.scheme}:")
    wild = (f"*.{parent}", f"{deployed.scheme}://*.{parent}")
    return any(word.rstrip("/") in (*allowed, *wild) or "${" in word for word in words)
