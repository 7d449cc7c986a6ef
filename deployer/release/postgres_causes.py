"""Why PostgreSQL can't be used, in the words of psycopg, asyncpg, SQLAlchemy, Neon and Supabase."""

from __future__ import annotations

from typing import Final

from deployer.model import Cause
from deployer.release.cause_rule import Rule

ASYNCPG_PARAMETER: Final = Cause(
    title="asyncpg does not know a parameter of `DATABASE_URL` (`sslmode`, `channel_binding`)",
    remedy="Under SQLAlchemy's asyncpg, write `?ssl=require` in place of `?sslmode=require`, and "
    "leave `channel_binding` out.",
    service="postgres",
)
DRIVER: Final = Cause(
    title="SQLAlchemy does not take the scheme of `DATABASE_URL`",
    remedy="Write `postgresql+asyncpg://` for an async engine, `postgresql://` for any other; "
    "`postgres://` is not known.",
    service="postgres",
)
SSL: Final = Cause(
    title="PostgreSQL refuses the connection without TLS",
    remedy="Add `?sslmode=require` to `DATABASE_URL` (`?ssl=require` with asyncpg).",
    service="postgres",
)
SSLMODE: Final = Cause(
    title="`sslmode` in `DATABASE_URL` has a value that PostgreSQL's client does not know",
    remedy="Write `sslmode=require`, or `verify-full` where a root certificate ships with the app.",
    service="postgres",
)
LOGIN: Final = Cause(
    title="PostgreSQL refuses the user or password",
    remedy="Copy `DATABASE_URL` again from the provider: the password was changed or cut off.",
    service="postgres",
)
DATABASE: Final = Cause(
    title="PostgreSQL has no such database",
    remedy="Check the name at the end of `DATABASE_URL`'s path.",
    service="postgres",
)
LOCAL: Final = Cause(
    title="The app looks for PostgreSQL on its own machine, and a Space has none",
    remedy="Set `DATABASE_URL` to a database on the internet: it is missing, or says `localhost`.",
    service="postgres",
)
HOST: Final = Cause(
    title="The host in `DATABASE_URL` does not exist",
    remedy="Copy `DATABASE_URL` again from the provider; a project that was deleted has no host.",
    service="postgres",
)
PORT: Final = Cause(
    title="The connection to PostgreSQL times out: its port may be closed to Spaces",
    remedy="The Hub promises outgoing connections to the ports 80, 443 and 8080 only. Use the "
    "provider's HTTP driver or a pooler on another port, and check its list of allowed addresses.",
    service="postgres",
)
SUSPENDED: Final = Cause(
    title="The database's provider has switched it off",
    remedy="Its quota of compute is used up or its endpoint is disabled: see the project's console "
    "(Neon: console.neon.tech).",
    service="postgres",
)
FULL: Final = Cause(
    title="PostgreSQL has no connection left",
    remedy="Use the provider's pooler (Neon: `-pooler` in the host), or a smaller pool in the app.",
    service="postgres",
)
NO_URL: Final = Cause(
    title="SQLAlchemy gets no usable address",
    remedy="Name `DATABASE_URL` under `secrets:`, as `postgresql://user:password@host/database`, "
    "without quotes.",
    service="postgres",
)
REFUSED: Final = Cause(
    title="PostgreSQL is not reachable",
    remedy="Check that `DATABASE_URL` ends in `?sslmode=require`, and that the compute isn't "
    "suspended (Neon: open the project's console, which wakes it).",
    service="postgres",
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
    r"|Tenant or user not found"
)
_LOCAL: Final = (
    r"connection to server at \\?\"(?:localhost|127\.0\.0\.1|::1)"
    r"|Connect call failed \('(?:127\.0\.0\.1|::1)', 5432|connection to server on socket"
)
_HOST: Final = r"could not translate host name|failed to resolve host '"
_OFF: Final = r"exceeded the (?:compute time|data transfer) quota|endpoint has been disabled"
_FULL: Final = (
    r"too many connections for|too many clients already|remaining connection slots"
    r"|Max client connections reached"
)
_NO_URL: Final = r"Expected string or URL object, got None|Could not parse SQLAlchemy URL"
_PORT: Final = (
    r"port (?:5432|6543|5433) failed: (?:Connection timed out|Network is unreachable|timeout)"
    r"|Errno (?:110|101)\] Connect call failed \('[^']{1,60}', (?:5432|6543|5433)\b"
    r"|: connection timeout expired"
)

# What says it alone.
SAID: Final = (
    Rule(pattern=_ASYNCPG, cause=ASYNCPG_PARAMETER, service="postgres"),
    Rule(pattern=_DRIVER, cause=DRIVER, service="postgres"),
    Rule(
        pattern=r"invalid sslmode value|`sslmode` parameter must be one of",
        cause=SSLMODE,
        service="postgres",
    ),
    Rule(pattern=_OFF, cause=SUSPENDED, service="postgres"),
    Rule(pattern=_FULL, cause=FULL, service="postgres"),
    Rule(pattern=_NO_URL, cause=NO_URL, service="postgres"),
    Rule(pattern=_NO_TLS, cause=SSL, service="postgres"),
    Rule(pattern=_LOGIN, cause=LOGIN, service="postgres"),
    Rule(
        pattern=r"database \\?\"[^\"\n]{1,100}\" does not exist",
        cause=DATABASE,
        service="postgres",
    ),
    Rule(pattern=_LOCAL, cause=LOCAL, service="postgres"),
    Rule(pattern=_HOST, cause=HOST, service="postgres"),
    Rule(pattern=_PORT, cause=PORT, service="postgres"),
)

# What means something in the answer's part about PostgreSQL only.
VAGUE: Final = (
    Rule(service="postgres", pattern=r"sslmode|ssl|tls|insecure", cause=SSL),
    Rule(
        service="postgres",
        pattern=r"password|authenticat|role .{1,100} exist",
        cause=LOGIN,
    ),
    Rule(
        service="postgres",
        pattern=r"name or service not known|no address associated|name resolution|getaddrinfo",
        cause=HOST,
    ),
    Rule(service="postgres", pattern=r"timed? ?out|timeout|unreachable", cause=PORT),
)
