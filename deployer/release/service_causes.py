"""Why a service of the app fails, as its client library says it in a health answer or a log.

The words are those of qdrant-client and google-genai, and postgres_causes.py. The first rule of a
service that fits wins, so the most specific stand first.
"""

from __future__ import annotations

from typing import Final

from deployer.model import Cause
from deployer.release import postgres_causes as postgres
from deployer.release.cause_rule import Rule

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
GEMINI_KEY: Final = Cause(
    title="Gemini refuses the key",
    remedy="Make a new key at aistudio.google.com and set it as `GEMINI_API_KEY`.",
    service="gemini",
)
GEMINI_NO_KEY: Final = Cause(
    title="Gemini's client gets no key",
    remedy="Name `GEMINI_API_KEY` (or `GOOGLE_API_KEY`) under `secrets:`.",
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
    *postgres.SAID,
    Rule(
        pattern=r"API_KEY_INVALID|API key (?:not valid|expired)|API key was reported as leaked",
        cause=GEMINI_KEY,
        service="gemini",
    ),
    Rule(
        pattern=r"Missing key inputs argument! To use the Google AI API",
        cause=GEMINI_NO_KEY,
        service="gemini",
    ),
    Rule(
        pattern=r"\b429 RESOURCE_EXHAUSTED|\bResourceExhausted: 429",
        cause=GEMINI_QUOTA,
        service="gemini",
    ),
)

# Vaguer words, which mean something in the answer's part about this service only.
HEALTH: Final = (
    *SAID,
    Rule(service="qdrant", pattern=r"\b404\b|not found", cause=QDRANT_SUSPENDED),
    Rule(service="qdrant", pattern=r"\b40[13]\b|forbidden|unauthori", cause=QDRANT_KEY),
    *postgres.VAGUE,
    Rule(service="gemini", pattern=r"quota|\b429\b|resource.?exhausted", cause=GEMINI_QUOTA),
    Rule(service="gemini", pattern=r"api.?key|\b40[013]\b|permission", cause=GEMINI_KEY),
)
OTHERWISE: Final = {
    "qdrant": QDRANT_REFUSED,
    "postgres": postgres.REFUSED,
    "gemini": GEMINI_REFUSED,
}
# Other names under which backends report the same service.
ALIASES: Final = {
    "qdrant": ("qdrant", "vector"),
    "postgres": ("postgres", "neon", "database", "db", "sql"),
    "gemini": ("gemini", "llm", "genai", "google"),
}
