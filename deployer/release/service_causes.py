"""Why a service of the app fails, as its client library says it in a health answer or a log.

The words are those of psycopg, asyncpg, SQLAlchemy, qdrant-client and google-genai. The first rule
of a service that fits wins, so the most specific stand first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.model import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cause and how it shows. ``service`` limits it to health answers that name the service."""

    pattern: str
    cause: Cause
    service: str = ""


QDRANT_COLLECTION: Final = Cause(
    title="Qdrant has no such collection",
    remedy="Run the ingestion that fills it, or check the collection's name.",
    service="qdrant",
)
QDRANT_SUSPENDED: Final = Cause(
    title="Qdrant answers 404: the cluster is probably suspended",
    remedy="A free cluster is suspended after a while of no use. Resume it at cloud.qdrant.io, "
    "then run this job again. Otherwise check the address in `QDRANT_URL`.",
    service="qdrant",
)
QDRANT_KEY: Final = Cause(
    title="Qdrant refuses the key",
    remedy="Make a new key for this cluster at cloud.qdrant.io and set it as `QDRANT_API_KEY`.",
    service="qdrant",
)
QDRANT_REFUSED: Final = Cause(
    title="Qdrant is not reachable with this address and key",
    remedy="Check `QDRANT_URL` (scheme, port, no trailing space) and `QDRANT_API_KEY`, and whether "
    "the cluster is suspended: resume it at cloud.qdrant.io.",
    service="qdrant",
)
ASYNCPG_SSLMODE: Final = Cause(
    title="asyncpg does not know a parameter of `DATABASE_URL` (`sslmode`, `channel_binding`)",
    remedy="Under SQLAlchemy's asyncpg, write `?ssl=require` in place of `?sslmode=require`, and "
    "leave `channel_binding` out.",
    service="postgres",
)
POSTGRES_DRIVER: Final = Cause(
    title="SQLAlchemy does not take the scheme of `DATABASE_URL`",
    remedy="Write `postgresql+asyncpg://` for an async engine, `postgresql://` for any other; "
    "`postgres://` is not known.",
    service="postgres",
)
POSTGRES_SSL: Final = Cause(
    title="PostgreSQL refuses the connection without TLS",
    remedy="Add `?sslmode=require` to `DATABASE_URL` (`?ssl=require` with asyncpg).",
    service="postgres",
)
POSTGRES_SSLMODE: Final = Cause(
    title="`sslmode` in `DATABASE_URL` has a value that PostgreSQL's client does not know",
    remedy="Write `sslmode=require`, or `verify-full` where a root certificate ships with the app.",
    service="postgres",
)
POSTGRES_LOGIN: Final = Cause(
    title="PostgreSQL refuses the user or password",
    remedy="Copy `DATABASE_URL` again from the provider: the password was changed or cut off.",
    service="postgres",
)
POSTGRES_DATABASE: Final = Cause(
    title="PostgreSQL has no such database",
    remedy="Check the name at the end of `DATABASE_URL`'s path.",
    service="postgres",
)
POSTGRES_LOCAL: Final = Cause(
    title="The app looks for PostgreSQL on its own machine, and a Space has none",
    remedy="Set `DATABASE_URL` to a database on the internet: it is missing, or says `localhost`.",
    service="postgres",
)
POSTGRES_HOST: Final = Cause(
    title="The host in `DATABASE_URL` does not exist",
    remedy="Copy `DATABASE_URL` again from the provider; a project that was deleted has no host.",
    service="postgres",
)
POSTGRES_PORT: Final = Cause(
    title="The connection to PostgreSQL times out: its port may be closed to Spaces",
    remedy="The Hub promises outgoing connections to the ports 80, 443 and 8080 only. Use the "
    "provider's HTTP driver or a pooler on another port, and check its list of allowed addresses.",
    service="postgres",
)
POSTGRES_REFUSED: Final = Cause(
    title="PostgreSQL is not reachable",
    remedy="Check that `DATABASE_URL` ends in `?sslmode=require`, and that the compute isn't "
    "suspended (Neon: open the project's console, which wakes it).",
    service="postgres",
)
GEMINI_KEY: Final = Cause(
    title="Gemini refuses the key",
    remedy="Make a new key at aistudio.google.com and set it as `GEMINI_API_KEY`.",
    service="gemini",
)
GEMINI_QUOTA: Final = Cause(
    title="Gemini's quota is used up",
    remedy="Wait until it resets, or use a key with billing.",
    service="gemini",
)
GEMINI_REFUSED: Final = Cause(
    title="Gemini does not answer well",
    remedy="Check `GEMINI_API_KEY` and its quota at aistudio.google.com, and the model's name.",
    service="gemini",
)

_ASYNCPG: Final = (
    r"unexpected keyword argument '(?:sslmode|channel_binding|options)'"
    r"|unrecognized configuration parameter \\?\"(?:sslmode|channel_binding)"
)
_DRIVER: Final = (
    r"requires an async driver to be used"
    r"|Can't load plugin: sqlalchemy\.dialects:(?:postgres\b|\w{1,40})"
)
_NO_TLS: Final = (
    r"connection is insecure|no pg_hba\.conf entry for .{1,300}(?:no encryption|SSL off)"
    r"|SSL/TLS required|server requires (?:SSL|TLS|encryption)"
)
_LOGIN: Final = (
    r"password authentication failed|no password supplied|InvalidPasswordError"
    r"|role \\?[\"'].{1,100}[\"'] does not exist|Endpoint ID is not specified"
)
_LOCAL: Final = (
    r"connection to server at \\?\"(?:localhost|127\.0\.0\.1|::1)"
    r"|Connect call failed \('(?:127\.0\.0\.1|::1)', 5432|connection to server on socket"
)
_HOST: Final = r"could not translate host name"
_PORT: Final = (
    r"port (?:5432|6543|5433) failed: (?:Connection timed out|Network is unreachable|timeout)"
    r"|Errno (?:110|101)\] Connect call failed \('[^']{1,60}', (?:5432|6543|5433)\b"
)
_QDRANT_404: Final = r"Unexpected Response: 404 \(Not Found\)"
_QDRANT_MISSING: Final = r"Collection [`'\w\\. -]{1,200} (?:doesn\\*'t exist|not found)"

# What says it alone, whoever writes it: looked for in logs, and in what a health answer says.
SAID: Final = (
    Rule(pattern=_QDRANT_MISSING, cause=QDRANT_COLLECTION, service="qdrant"),
    Rule(
        pattern=_QDRANT_404 + r"|Qdrant.{0,100}404 page not found",
        cause=QDRANT_SUSPENDED,
        service="qdrant",
    ),
    Rule(
        pattern=r"Unexpected Response: 40[13] \((?:Unauthorized|Forbidden)\)"
        r"|Must provide an API key or an Authorization bearer token",
        cause=QDRANT_KEY,
        service="qdrant",
    ),
    Rule(
        pattern=r"qdrant_client[\w.]{1,60}ResponseHandlingException",
        cause=QDRANT_REFUSED,
        service="qdrant",
    ),
    Rule(pattern=_ASYNCPG, cause=ASYNCPG_SSLMODE, service="postgres"),
    Rule(pattern=_DRIVER, cause=POSTGRES_DRIVER, service="postgres"),
    Rule(pattern=r"invalid sslmode value", cause=POSTGRES_SSLMODE, service="postgres"),
    Rule(pattern=_NO_TLS, cause=POSTGRES_SSL, service="postgres"),
    Rule(pattern=_LOGIN, cause=POSTGRES_LOGIN, service="postgres"),
    Rule(
        pattern=r"database \\?\"[^\"\n]{1,100}\" does not exist",
        cause=POSTGRES_DATABASE,
        service="postgres",
    ),
    Rule(pattern=_LOCAL, cause=POSTGRES_LOCAL, service="postgres"),
    Rule(pattern=_HOST, cause=POSTGRES_HOST, service="postgres"),
    Rule(pattern=_PORT, cause=POSTGRES_PORT, service="postgres"),
    Rule(pattern=r"API_KEY_INVALID|API key not valid", cause=GEMINI_KEY, service="gemini"),
    Rule(pattern=r"\b429 RESOURCE_EXHAUSTED", cause=GEMINI_QUOTA, service="gemini"),
)

# Vaguer words, which mean something in the answer's part about this service only.
HEALTH: Final = (
    *SAID,
    Rule(service="qdrant", pattern=r"\b404\b|not found", cause=QDRANT_SUSPENDED),
    Rule(service="qdrant", pattern=r"\b40[13]\b|forbidden|unauthori", cause=QDRANT_KEY),
    Rule(service="postgres", pattern=r"sslmode|ssl|tls|insecure", cause=POSTGRES_SSL),
    Rule(
        service="postgres",
        pattern=r"password|authenticat|role .{1,100} exist",
        cause=POSTGRES_LOGIN,
    ),
    Rule(service="postgres", pattern=r"name or service not known", cause=POSTGRES_HOST),
    Rule(service="postgres", pattern=r"timed? ?out|timeout|unreachable", cause=POSTGRES_PORT),
    Rule(service="gemini", pattern=r"quota|\b429\b|resource.?exhausted", cause=GEMINI_QUOTA),
    Rule(service="gemini", pattern=r"api.?key|\b40[013]\b|permission", cause=GEMINI_KEY),
)
OTHERWISE: Final = {
    "qdrant": QDRANT_REFUSED,
    "postgres": POSTGRES_REFUSED,
    "gemini": GEMINI_REFUSED,
}
# Other names under which backends report the same service.
ALIASES: Final = {
    "qdrant": ("qdrant", "vector"),
    "postgres": ("postgres", "neon", "database", "db", "sql"),
    "gemini": ("gemini", "llm", "genai", "google"),
}
