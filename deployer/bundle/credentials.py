"""What a credential looks like: issuers' documented shapes, and random values of telling names."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct


class Shape(Struct, frozen=True):
    """A kind of credential and how it looks (prefixes as their issuers document them).

    One of ``marks`` stands in each of them: where none does, the slow search is spared.
    """

    kind: str
    marks: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


def _shape(kind: str, marks: str, pattern: bytes) -> Shape:
    return Shape(kind, tuple(marks.encode().split()), re.compile(pattern))


SHAPES: Final = (
    _shape("a Hugging Face token", "hf_", rb"\bhf_[A-Za-z0-9]{30,}\b"),
    _shape(
        "a GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,})\b",
    ),
    _shape("a GitLab token", "glpat-", rb"\bglpat-[\w-]{20,}"),
    _shape("an AWS access key", "AKIA ASIA", rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _shape("a Google API key", "AIza", rb"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    _shape("a Google OAuth secret", "GOCSPX-", rb"\bGOCSPX-[\w-]{28}(?![\w-])"),
    _shape("a Google access token", "ya29.", rb"\bya29\.[\w-]{40,}"),
    _shape("an Azure storage key", "AccountKey=", rb"\bAccountKey=[A-Za-z0-9+/]{86}=="),
    _shape("an OpenAI or Anthropic key", "sk-", rb"\bsk-(?:[a-z]+\d*-)*[A-Za-z0-9_-]{32,}"),
    _shape(
        "a key of a model provider",  # OpenRouter, Groq, xAI, Replicate, Perplexity, Cerebras, …
        "gsk_ xai- r8_ pplx- csk- nvapi- jina_ tgp_v1_ sk_",
        rb"\b(?:(?:gsk_|xai-|r8_|pplx-|csk-|jina_|tgp_v1_)[\w-]{35,}|nvapi-[\w-]{60,}"
        rb"|sk_[0-9a-f]{48}\b)",
    ),
    _shape("a Pinecone key", "pcsk_", rb"\bpcsk_\w{40,}"),
    _shape("a Tavily key", "tvly-", rb"\btvly-(?:[a-z]+-)?[A-Za-z0-9-]{20,}"),
    _shape("a LangSmith key", "lsv2_", rb"\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b"),
    _shape("a Supabase key", "sb_secret_ sbp_", rb"\b(?:sb_secret_[\w-]{20,}|sbp_[0-9a-f]{40})"),
    _shape("a Neon password or key", "npg_ napi_", rb"\b(?:npg_[A-Za-z0-9]{12,}|napi_\w{40,})\b"),
    _shape("a Slack token", "xox", rb"\bxox[abeprs]-[A-Za-z0-9-]{20,}"),
    _shape(
        "an address that lets anyone post in a chat",
        "hooks.slack.com /api/webhooks/",
        rb"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"
        rb"|discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{60,}",
    ),
    _shape("a Telegram bot's token", ":AA", rb"\b\d{8,10}:AA[\w-]{33}(?![\w-])"),
    _shape("a Discord bot's token", ".", rb"\b[MNO][A-Za-z\d]{23,27}\.[\w-]{6}\.[\w-]{27,40}"),
    _shape("a Stripe key", "k_live_ whsec_", rb"\b(?:[rs]k_live_|whsec_)[A-Za-z0-9+/]{20,}"),
    _shape("a Clerk key", "sk_test_", rb"\bsk_test_[A-Za-z0-9]{40,}"),
    _shape("a SendGrid key", "SG.", rb"\bSG\.[\w-]{20,}\.[\w-]{40,}"),
    _shape("a Resend key", "re_", rb"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}\b"),
    _shape("a Mailgun key", "key-", rb"\bkey-[0-9a-f]{32}\b"),
    _shape("a Twilio key", "SK", rb"\bSK[0-9a-f]{32}\b"),
    _shape("an npm token", "npm_", rb"\bnpm_[A-Za-z0-9]{36}\b"),
    _shape("a PyPI token", "pypi-AgEI", rb"\bpypi-AgEI[\w-]{50,}"),
    _shape("a Databricks token", "dapi", rb"\bdapi[0-9a-f]{32}\b"),
    _shape("a DigitalOcean token", "do", rb"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    _shape("a Notion token", "ntn_", rb"\bntn_[A-Za-z0-9]{40,}"),
    _shape("an Airtable token", "pat", rb"\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b"),
    _shape(
        "a JSON web token (a Qdrant or Supabase key)",
        ".eyJ",
        rb"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    ),
    Shape(
        "a private key",
        (b"PRIVATE KEY",),
        re.compile(
            rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"
            rb"(?:\\r|\\n|\s)*[A-Za-z0-9+/=]{40,}"
        ),
    ),
)
DATABASE_URL: Final = re.compile(
    rb"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|cockroachdb|clickhouse|neo4j)"
    rb"(?:\+\w+)*://[^\s:@/\"'<>{}$]*:(?P<password>[^\s@/\"'<>{}$]+)@(?P<host>[A-Za-z0-9.-]+)"
)
HARMLESS_HOSTS: Final = re.compile(
    rb"localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|[^.]+|(?:.*\.)?(?:example\.\w+|test|local)"
    rb"|(?:your|my|ep-x|xxx|host).*"
)
PLACEHOLDER: Final = re.compile(
    rb"(?i)pass(?:word|wd)?|postgres|secret|changeme|xxx+|\*+|your.*|my.*|test|example|user|root|admin|placeholder|\.\.\."
)
# The last one is the payload with which every text on JSON web tokens begins.
FAKE: Final = re.compile(
    rb"(?i)xxxx|your|example|placeholder|abcdef|123456789|dummy|fake|test|\.\.\.|redacted|change"
    rb"|abc123|123abc|abc[-_]?def|1234[-_]?5678"
    rb"|eyJzdWIiOiIxMjM0NTY3ODkwI"
)
_ASSIGNED: Final = re.compile(
    rb"(?i)\b(?P<name>\w{0,40}?(?:api_?key|secret|token|passw(?:or)?d|access_?key|private_?key"
    rb"|credentials?)\w{0,20})[\"']?\s{0,4}(?::\s{0,4}\w{1,10}\s{0,4}=|[:=,])\s{0,4}"
    rb"(?P<quote>[\"'])(?P<value>[\w+/=.~!@#%^&*-]{16,200})(?P=quote)"
)
_SENSITIVE: Final = re.compile(
    r"(?i)api_?key|secret|token|passw(?:or)?d|access_?key|private_?key|credential|database_url|_dsn"
)
_NO_SECRET: Final = re.compile(
    rb"(?i)(?:name|id|url|uri|path|file|type|header|field|prefix|expir\w*|endpoint|tokens|tokenizer"
    rb"|algorithm|public\w*|hash|salt_len\w*|model|version)$"
)
_SOURCES: Final = (
    *(".py", ".json", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".sh", ".js", ".ts"),
    *(".ipynb", ".env", ".properties", ".xml", "Dockerfile"),
)
# How people write passwords that are made up for a test or a document.
_MADE_UP: Final = re.compile(
    rb"(?i)pass(?:w|phrase|code)|secure|strong|super|admin|demo|sample|welcome|qwerty|letmein|mock"
    rb"|wrong|invalid|correct"
)
_TEST: Final = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|e2e|specs?|fixtures|mocks|cypress)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.py$|\.(?:spec|test)\.\w+$"
)
# A Firebase app's configuration for browsers, whose key names the project and lets nobody in.
_FIREBASE: Final = re.compile(rb"\b(?:authDomain|messagingSenderId)\b")
RANDOM: Final = 3.3  # bits a character: below it are words, above it what no person thinks up
# In one row: every file that ships is searched for all of them.
_MARKS: Final = tuple((mark, number) for number, shape in enumerate(SHAPES) for mark in shape.marks)


def credentials(content: bytes, path: str = "") -> Iterator[tuple[str, int]]:
    """Each value of a known shape: its kind and where it begins. Placeholders are let through,
    and in tests a database's password that no generator made."""
    for number in sorted({number for mark, number in _MARKS if mark in content}):
        shape = SHAPES[number]
        for match in shape.pattern.finditer(content):
            if not is_placeholder(match[0]) and not _is_public(match[0], content):
                yield shape.kind, match.start()
    for match in DATABASE_URL.finditer(content) if b"://" in content else ():
        harmless = HARMLESS_HOSTS.fullmatch(match["host"]) or PLACEHOLDER.fullmatch(
            match["password"]
        )
        if not harmless and not (_TEST.search(path) and not is_random(match["password"])):
            yield "a database's password", match.start()


def assigned(path: str, content: bytes) -> Iterator[int]:
    """Where random values are given to names like ``API_KEY``, in code and configuration."""
    if not path.endswith(_SOURCES) or _TEST.search(path):
        return
    for match in _ASSIGNED.finditer(content):
        value = match["value"]
        if _NO_SECRET.search(match["name"]) or _is_public(value, content):
            continue
        if is_random(value):
            yield match.start()


def is_sensitive(name: str) -> bool:
    """Whether a name says that its value is a secret: ``OPENAI_API_KEY``, not ``MAX_TOKENS``."""
    return bool(_SENSITIVE.search(name)) and not _NO_SECRET.search(name.encode())


def is_random(value: bytes) -> bool:
    """Whether a text looks like made by a generator: letters and digits mixed, no words."""
    mixed = re.search(rb"\d", value) and re.search(rb"[A-Za-z]", value)
    if not mixed or is_placeholder(value) or is_worded(value) or _MADE_UP.search(value):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares) >= RANDOM


def is_worded(value: bytes) -> bool:
    """Whether a text is put together from words, as names and addresses are."""
    return bool(re.search(rb"://|[a-z]{6,}[_.-][a-z]{3,}", value))


def is_placeholder(value: bytes) -> bool:
    """Examples in documentation repeat few characters, have no digit, or say what they are."""
    if b"PRIVATE KEY" in value:
        return len(set(value)) < 12
    return len(set(value)) < 10 or not re.search(rb"\d", value) or bool(FAKE.search(value))


def _is_public(value: bytes, content: bytes) -> bool:
    """Supabase's key for browsers is a JSON web token that says so (``"role": "anon"``); Google's
    stands beside the other settings of a Firebase app."""
    if value.startswith(b"AIza"):
        return bool(_FIREBASE.search(content))
    if not value.startswith(b"eyJ"):
        return False
    payload = value.split(b".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(claims, dict) and claims.get("role") == "anon"
