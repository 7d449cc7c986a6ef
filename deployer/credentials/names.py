"""What a name alone says: legal or not, reserved by the Hub, secret or public by nature."""

from __future__ import annotations

import re
from typing import Final

LEGAL: Final = re.compile(r"[a-zA-Z][_a-zA-Z0-9]*")  # the Hub's OpenAPI schema, field `key`

# Set by the Hub itself: "Spaces Overview, Helper environment variables" and "OAuth in Spaces".
RESERVED: Final = frozenset(
    {"SPACE_ID", "SPACE_HOST", "SPACE_AUTHOR_NAME", "SPACE_REPO_NAME", "SPACE_TITLE"}
    | {"SPACE_CREATOR_USER_ID", "SYSTEM", "ACCELERATOR", "CPU_CORES", "MEMORY"}
    | {"OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL"}
)

_PUBLIC: Final = re.compile(r"PUBLIC|PUBLISHABLE|ANON_KEY$")
_KEY: Final = re.compile(r"(?:^|_)(?:API_?KEY|KEY|TOKEN|CREDENTIALS?|PAT)$")
_PASSWORD: Final = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRET_KEY)$")
_API_KEY: Final = re.compile(r"(?:^|_)API_?KEY$")
_ORIGINS: Final = re.compile(r"ORIGINS?$")
_WEBSITE: Final = re.compile(r"^(?:FRONTEND|CLIENT|SITE|WEBSITE|WEB|UI)_(?:URLS?|HOST|DOMAIN)$")
_SETTING: Final = re.compile(
    r"^(?:LOG_?LEVEL|DEBUG|ENV|ENVIRONMENT|(?:\w+_)?COLLECTION(?:_NAME)?|(?:\w+_)?MODEL(?:_NAME)?)$"
)
_QDRANT: Final = re.compile(r"QDRANT.*(?:URL|ENDPOINT|URI)$")

_SHOWABLE: Final = re.compile(r"[A-Za-z0-9]{0,16}(?:[_.-][A-Za-z0-9]{0,16}){0,8}")


def showable(name: str) -> bool:
    """Whether a doubtful name may be quoted. It might be (a line of) a value pasted by mistake."""
    digits = sum(char.isdigit() for char in name)
    return digits < 5 and len(name) <= 64 and _SHOWABLE.fullmatch(name) is not None


def is_api_key(name: str) -> bool:
    """``GEMINI_API_KEY`` and its kin: secret whatever the value looks like."""
    return _API_KEY.search(name.upper()) is not None and not _PUBLIC.search(name.upper())


def is_password(name: str) -> bool:
    """``POSTGRES_PASSWORD``, ``JWT_SECRET`` and their kin."""
    return _PASSWORD.search(name.upper()) is not None and not _PUBLIC.search(name.upper())


def is_sensitive(name: str) -> bool:
    """A name under which a value is usually a secret."""
    upper = name.upper()
    return not _PUBLIC.search(upper) and bool(_KEY.search(upper) or _PASSWORD.search(upper))


def is_origins(name: str) -> bool:
    """``ALLOWED_ORIGINS``, ``CORS_ORIGINS``, ``FRONTEND_ORIGIN``: read as CORS origins."""
    return _ORIGINS.search(name.upper()) is not None


def is_website(name: str) -> bool:
    """``FRONTEND_URL`` and its kin: the address of a page, sometimes read as a CORS origin."""
    return _WEBSITE.match(name.upper()) is not None


def is_qdrant_url(name: str) -> bool:
    """``QDRANT_URL`` and its kin."""
    return _QDRANT.search(name.upper()) is not None


def is_public(name: str) -> bool:
    """A name that serves better as a variable: nothing in it is worth hiding."""
    return is_origins(name) or is_website(name) or _SETTING.match(name.upper()) is not None
