"""Judges one answer of the health path: healthy, not yet, or not healthy and which service.

The rules are the table "What healthy means" of docs/reference/health.md. A word that isn't in the
table is neutral: it is said, not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from deployer.model import Answer, Health, Verdict

UP: Final = frozenset({"healthy", "ok", "up", "connected", "ready", "pass", "running", "true"})
DOWN: Final = frozenset(
    {"degraded", "unhealthy", "down", "error", "failed", "disconnected", "false"}
    # Synonyms met in real repositories; no health answer means something good by them.
    | {"fail", "unavailable", "unreachable", "offline"}
)
WAITING: Final = frozenset({"starting", "initializing", "loading"})

STATUS_KEYS: Final = (
    *("status", "state", "health", "healthy", "ok", "ready", "connected"),
    *("up", "alive", "success"),
)
CONTAINERS: Final = frozenset({"services", "checks", "dependencies", "components"})
NEUTRAL: Final = frozenset({"disabled", "not_configured", "skipped", "unknown", "none", "n/a"})

# A boolean beside `status` speaks of a service only when its key says so (`"debug": false`
# doesn't): a known kind of service, or a name that ends in a state.
SERVICE_KEY: Final = re.compile(
    r"(?:db|database|sql\w*|postgres\w*|neon|mysql|mongo\w*|redis|cache|qdrant|chroma\w*|pinecone|"
    r"weaviate|milvus|vector\w*|llm|gemini|openai|cohere|groq|anthropic|embeddings?|queue|storage)"
    r"|\w+_(?:connected|connection|ok|healthy|up|available|status)"
)

# The Hub's own page while a Space is built, started or asleep.
WAITING_PAGE: Final = re.compile(
    rb"preparing space|space is (?:sleeping|paused|building|starting|restarting)"
    rb"|(?:building|starting|restarting) (?:your |this )?space",
    re.IGNORECASE,
)
DEPTH: Final = 4
# How many services are named: an answer may hold thousands, and a person reads a few.
MOST_NAMED: Final = 20


def judge(answer: Answer) -> Verdict:
    """The verdict on one answer. Pure; never quotes the body, which may hold secrets."""
    if answer.status == 0:
        return Verdict(health=Health.NOT_YET, reason=answer.error or "no answer")
    if answer.location:
        return _judge_redirect(answer)
    if _is_waiting_page(answer):
        return Verdict(health=Health.NOT_YET, reason="the Hub's own waiting page")
    return _judge_body(answer)


def _judge_redirect(answer: Answer) -> Verdict:
    if answer.error:
        return Verdict(health=Health.UNHEALTHY, reason=f"HTTP {answer.status}: {answer.error}")
    return Verdict(health=Health.NOT_YET, reason=f"HTTP {answer.status}, sent to another host")


def _is_waiting_page(answer: Answer) -> bool:
    kind = next((v for k, v in answer.headers.items() if k.lower() == "content-type"), "")
    return "html" in kind.lower() and WAITING_PAGE.search(answer.body) is not None


def _judge_body(answer: Answer) -> Verdict:
    words = tuple(_words(_parse(answer.body)))
    down = any(word in DOWN for _, word in words)
    unjudged = (_said(name, word) for name, word in words if word not in UP | DOWN | WAITING)
    neutral = tuple(islice(unjudged, MOST_NAMED))
    if any(word in WAITING for name, word in words if not name):
        return Verdict(health=Health.NOT_YET, reason="it says it is starting", neutral=neutral)
    if down:
        return _unhealthy(answer.status, words, neutral)
    if any(word in WAITING for _, word in words):
        return Verdict(health=Health.NOT_YET, reason="a service is starting", neutral=neutral)
    return _judge_status(answer.status, neutral)


def _said(name: str, word: str) -> str:
    """A neutral word for the log; one that we don't know may be anything, even a secret."""
    return f"{name or 'status'}: {word if word in NEUTRAL else 'a word that is not judged'}"


def _unhealthy(
    status: int, words: tuple[tuple[str, str], ...], neutral: tuple[str, ...]
) -> Verdict:
    spoken = [f"{name or 'status'} is {word}" for name, word in words if word in DOWN]
    services = tuple(dict.fromkeys(name for name, word in words if word in DOWN and name))
    return Verdict(
        health=Health.UNHEALTHY,
        reason=f"HTTP {status}, {', '.join(spoken[:5])}",
        services=services[:MOST_NAMED],
        neutral=neutral,
    )


def _judge_status(status: int, neutral: tuple[str, ...]) -> Verdict:
    if 200 <= status < 300:
        return Verdict(health=Health.HEALTHY, reason=f"HTTP {status}", neutral=neutral)
    if status in (429, 502, 503, 504):
        # 502 and 504 are a proxy's words for "nobody answers there yet".
        return Verdict(health=Health.NOT_YET, reason=f"HTTP {status}", neutral=neutral)
    reasons = {
        401: "HTTP 401: the app asks for a login on its health path",
        403: "HTTP 403: the app refuses its health path",
        404: "HTTP 404: the app has no such path",
    }
    reason = reasons.get(status, f"HTTP {status}")
    return Verdict(health=Health.UNHEALTHY, reason=reason, neutral=neutral)


def _parse(body: bytes) -> Any:
    """The body as JSON, None when it is something else (which is no word against health)."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _words(body: Any) -> Iterator[tuple[str, str]]:
    """(service, status word) pairs; the service is "" for the app as a whole."""
    if isinstance(body, list):
        yield from _services(body, DEPTH)
        return
    if not isinstance(body, dict):
        word = _word(body)
        if word in UP | DOWN | WAITING:
            yield "", word
        return
    for key, value in body.items():
        if key.lower() in CONTAINERS:
            yield from _services(value, DEPTH)
        elif key.lower() in STATUS_KEYS:
            yield from _status(value)
        else:
            yield from _beside_status(key, value)


def _status(value: Any) -> Iterator[tuple[str, str]]:
    """The value of a status key at the top: a word, or services, or a status of its own."""
    if isinstance(value, dict):
        own = [word for key, inner in value.items() if _is_status(key) and (word := _word(inner))]
        yield from (("", word) for word in own)
        services = {key: inner for key, inner in value.items() if not _is_status(key)}
        yield from _services(services, DEPTH)
    elif isinstance(value, list):
        yield from _services(value, DEPTH)
    elif word := _word(value):
        yield "", word


def _is_status(key: str) -> bool:
    return key.lower() in STATUS_KEYS


def _beside_status(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """A key at the top that may or may not be a service."""
    if isinstance(value, dict):
        yield from _services({key: value}, DEPTH, nested=True)
    elif SERVICE_KEY.fullmatch(key.lower()):
        # "database": "error: could not connect" says it with its first word.
        yield from (((_service_name(key), word),) if (word := _word(value)) else ())
    elif isinstance(value, str) and value.strip().lower() in UP | DOWN | WAITING:
        yield _service_name(key), value.strip().lower()


def _services(value: Any, depth: int, *, nested: bool = False) -> Iterator[tuple[str, str]]:
    """Every service below a container: ``{name: word | {"status": word}}`` or a list of those.

    ``nested``: no longer directly in a container, so that a bare word or boolean may be a setting.
    """
    for name, inner in _named(value):
        if isinstance(inner, dict):
            yield from _service(name, inner, depth)
        elif nested:
            yield from _beside_status(name, inner)
        elif isinstance(inner, list):
            # A service with several readings (draft-inadarei-api-health-check, "checks").
            for reading in inner:
                yield from _service(name, reading, 0) if isinstance(reading, dict) else ()
        elif word := _word(inner):
            yield _service_name(name), word


def _service(name: str, inner: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    words = [word for key in inner if _is_status(key) and (word := _word(inner[key]))]
    if words:
        yield _service_name(name), _worst(words)
    elif depth:
        yield from _services(inner, depth - 1, nested=True)


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                yield str(inner.get("name") or inner.get("service") or "service"), inner


def _worst(words: list[str]) -> str:
    return next((word for word in words if word in DOWN | WAITING), words[0])


def _word(value: Any) -> str:
    """The status word of a value: its first word in lower case; "" when it holds none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return ""
    first = re.match(r"\s*([A-Za-z_]+(?:-[A-Za-z]+)?)", value)
    return first.group(1).lower() if first else ""


def _service_name(name: str) -> str:
    """The service's name where it is one: it comes from a stranger's answer, and a secret that
    was shortened or stripped of its signs would no longer be known for one."""
    plain = name if re.fullmatch(r"[\w .()/-]{1,40}", name) else "service"
    return re.sub(r"_(?:connected|connection|ok|healthy|up|available|status)$", "", plain)
