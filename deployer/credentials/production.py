"""Warns of a preview that is given the production's own database or vector store. Pure.

That it is the same one is certain, never guessed: the fingerprint beside the production's secret
says so (fingerprint.py), or the value of its variable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from deployer.credentials import fingerprint
from deployer.credentials.findings import odd
from deployer.errors import Notice
from deployer.model import Configuration, Entry, Secret, SpaceId

_WORDS: Final = (
    "DATABASE|DB|DSN|POSTGRES(?:QL)?|PG|NEON|SUPABASE|COCKROACH|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|"
    "VALKEY|UPSTASH|QDRANT|PINECONE|WEAVIATE|MILVUS|ZILLIZ|CHROMA|PGVECTOR|ELASTIC(?:SEARCH)?|"
    "OPENSEARCH|TURSO|LIBSQL|NEO4J|CASSANDRA|ASTRA|CLICKHOUSE|SQLALCHEMY"
)
_STORE: Final = re.compile(rf"(?:^|_)(?:{_WORDS})(?=_|\d|$|URL|URI|HOST|DSN)")
# Equal in every stage without harm: they name no server and open none.
_HARMLESS: Final = re.compile(
    r"(?:^|_)(?:NAME|USER|USERNAME|PORT|SCHEMA|COLLECTION|INDEX|SSL|SSLMODE|DIM\w*|SIZE|TIMEOUT|"
    r"ECHO|TYPE|DRIVER|MODEL|REGION|VERSION|LEVEL|POOL\w*)$"
)
_ADDRESS: Final = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|valkeys?|libsql|neo4j|bolt|clickhouse|"
    r"cockroachdb|mssql|oracle)(?:\+[\w+]+)?://\S",
    re.IGNORECASE,
)
_SERVICE: Final = re.compile(
    r"https?://[^\s/]*\.(?:qdrant\.io|neon\.tech|supabase\.co|pinecone\.io|upstash\.io|turso\.io|"
    r"weaviate\.cloud|weaviate\.network|zillizcloud\.com|trychroma\.com)(?:[:/]|$)",
    re.IGNORECASE,
)
SHARED: Final = (
    "is the one of {production}: this preview works on the production's own database or vector "
    "store."
)
OF_ITS_OWN: Final = (
    "Unmerged code can change or delete what stands there. Give the preview one of its own under "
    "`env:` of this job (a branch of the database, another cluster or collection)."
)
HIDDEN: Final = (
    "is a secret of {production}, too, without a fingerprint of ours: whether it is the same one "
    "can't be seen."
)
TELLING: Final = 12  # characters; shorter values are equal by chance
# Its own container in each Space.
_LOCAL: Final = re.compile(r"(?://|@)(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/?]|$)|:memory:")


def shared_stores(
    entries: Sequence[Entry], stored: Configuration, token: Secret, production: SpaceId
) -> tuple[Notice, ...]:
    """A warning for each entry that opens a database or vector store of ``production``.

    A note where the production has a secret of that name that somebody else set.
    """
    found = stores_in(entries)
    shared = tuple(entry for entry in found if _is_production_s(entry, stored, token))
    hidden = tuple(entry for entry in found if entry not in shared and _is_hidden(entry, stored))
    return (
        *(odd(entry, SHARED.format(production=production), OF_ITS_OWN) for entry in shared),
        *(odd(entry, HIDDEN.format(production=production), "", warning=False) for entry in hidden),
    )


def stores_in(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that open a database or a vector store, as their name or value says."""
    return tuple(entry for entry in entries if _opens_store(entry))


def _opens_store(entry: Entry) -> bool:
    value, name = entry.value.reveal().strip(), entry.name.upper()
    if not value or _LOCAL.search(value):
        return False
    if _ADDRESS.match(value) or _SERVICE.match(value):
        return True
    return _STORE.search(name) is not None and not _HARMLESS.search(name)


def _is_production_s(entry: Entry, stored: Configuration, token: Secret) -> bool:
    """Whether the production has this very value; a short one proves nothing of another name."""
    value = entry.value.reveal()

    def comparable(name: str) -> bool:
        return name == entry.name or len(value) >= TELLING

    return any(
        fingerprint.read(secret.description) == fingerprint.make(name, entry.value, token)
        for name, secret in stored.secrets.items()
        if comparable(name)
    ) or any(each.value == value for name, each in stored.variables.items() if comparable(name))


def _is_hidden(entry: Entry, stored: Configuration) -> bool:
    """Whether the production's secret of this name can't be compared."""
    held = stored.secrets.get(entry.name)
    return held is not None and not fingerprint.read(held.description)
