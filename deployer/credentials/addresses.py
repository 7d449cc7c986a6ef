"""Checks the addresses of PostgreSQL and Qdrant for what makes a first connection fail.

PostgreSQL addresses are read as SQLAlchemy reads them: a password may hold `#` or `/` unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl

from msgspec import Struct

from deployer.credentials import names
from deployer.credentials.findings import Finding, odd, wrong
from deployer.model import Backend, Entry

_POSTGRES: Final = re.compile(
    r"postgres(?:ql)?(?:\+(?P<driver>\w+))?://(?:[^:/@]*(?::[^@]*)?@)?"
    r"(?P<hosts>[^/?]*)(?:/[^?]*)?(?:\?(?P<query>.*))?",
    re.IGNORECASE | re.DOTALL,
)
# libpq, "SSL Mode Descriptions": the modes that never fall back to plain text.
_SAFE: Final = frozenset({"require", "verify-ca", "verify-full"})
_SAFE_SSL: Final = _SAFE | {"true", "1", "on"}  # asyncpg's `ssl`, and libpq's own `ssl=true`
_LOCAL: Final = re.compile(r"localhost|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|")
_IN_PROCESS: Final = re.compile(r":memory:|[.~]|/(?!/)")
_QDRANT: Final = re.compile(r"(?P<scheme>https?)://(?P<rest>[^\s/?#]+)", re.IGNORECASE)


class _Postgres(Struct, frozen=True, kw_only=True):
    driver: str
    hosts: tuple[str, ...]
    options: dict[str, str]

    @property
    def encrypted(self) -> bool:
        """Whether the connection is refused rather than made in plain text."""
        ssl = self.options.get("ssl", "").lower()
        libpq_only = self.driver.startswith("psycopg")
        return self.options.get("sslmode", "").lower() in _SAFE or (
            ssl in ({"true"} if libpq_only else _SAFE_SSL)
        )


def check_postgres(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    """`sslmode` of an address of PostgreSQL, by scheme and whatever the name."""
    value = entry.value.reveal().strip()
    if value.startswith("psql "):
        hint = "Keep the address alone: what begins with `postgresql://`, without quotes."
        yield wrong(entry, "is a `psql` command, as Neon offers it for copying.", hint)
    address = _read(value)
    if address is None:
        return
    if all(_LOCAL.fullmatch(host) for host in address.hosts):
        yield odd(
            entry,
            "points to localhost, which in the Space is its own container.",
            "Fine if the container starts a database itself.",
            warning=False,
        )
        return
    if not address.encrypted:
        yield _plain_text(entry, address)
    elif address.driver == "asyncpg" and "sslmode" in address.options:
        yield odd(
            entry,
            "gives `sslmode` to asyncpg, which SQLAlchemy's asyncpg driver doesn't know.",
            "Write `ssl=require` in its place unless the code translates it.",
        )


def check_qdrant(entry: Entry, _: Backend | None) -> Iterator[Finding]:
    """The scheme of `QDRANT_URL` and its kin."""
    value = entry.value.reveal().strip()
    if not value or not names.is_qdrant_url(entry.name) or _IN_PROCESS.match(value):
        return
    address = _QDRANT.match(value)
    if address is None:
        yield wrong(
            entry,
            "is not an address that begins with `https://` (or `http://`).",
            "Copy the cluster's endpoint from cloud.qdrant.io, e.g. "
            "`https://CLUSTER.REGION.aws.cloud.qdrant.io:6333`, without a space at its end.",
        )
    elif address["scheme"].lower() == "http" and "qdrant.io" in address["rest"]:
        yield odd(
            entry,
            "uses `http://`, so that the API key would travel unencrypted.",
            "Write `https://`: Qdrant Cloud answers nothing else.",
        )


def _read(value: str) -> _Postgres | None:
    match = _POSTGRES.fullmatch(value)
    if match is None:
        return None
    options = dict(parse_qsl(match["query"] or "", keep_blank_values=True))
    hosts = match["hosts"].split(",") + ([options["host"]] if "host" in options else [])
    return _Postgres(
        driver=(match["driver"] or "").lower(),
        hosts=tuple(re.sub(r":\d*$", "", host).lower() for host in hosts if host) or ("",),
        options=options,
    )


def _plain_text(entry: Entry, address: _Postgres) -> Finding:
    option = "ssl=require" if address.driver == "asyncpg" else "sslmode=require"
    hint = f"Append `?{option}` (`&{option}` after another option)."
    if any(host.endswith(".neon.tech") for host in address.hosts):
        return wrong(entry, f"has no `{option}`; Neon refuses connections without it.", hint)
    return odd(entry, f"has no `{option}`: the connection may be unencrypted or refused.", hint)
