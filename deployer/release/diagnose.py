"""Names the likely cause of a red run, from the stage, the Hub's message, the log and the answer.

One row a cause, most specific first; docs/reference/errors.md is rendered from ``CAUSES``.
Remedies are written for the person who can act on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deployer.model import Answer, Cause, Runtime, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cause and how it shows. ``service`` limits it to health answers that name the service."""

    pattern: str
    cause: Cause
    service: str = ""


QDRANT_SUSPENDED: Final = Cause(
    title="Qdrant answers 404: the cluster is probably suspended",
    remedy="A free cluster is suspended after a while of no use. Resume it at cloud.qdrant.io, "
    "then run this job again. Otherwise check the address in `QDRANT_URL`.",
    service="qdrant",
)
QDRANT_REFUSED: Final = Cause(
    title="Qdrant is not reachable with this address and key",
    remedy="Check `QDRANT_URL` (scheme, port, no trailing space) and `QDRANT_API_KEY`, and whether "
    "the cluster is suspended: resume it at cloud.qdrant.io.",
    service="qdrant",
)
POSTGRES_SSL: Final = Cause(
    title="PostgreSQL refuses the connection without TLS",
    remedy="Add `?sslmode=require` to `DATABASE_URL` (`?ssl=require` with asyncpg).",
    service="postgres",
)
POSTGRES_LOGIN: Final = Cause(
    title="PostgreSQL refuses the user or password",
    remedy="Copy `DATABASE_URL` again from the provider: the password was changed or cut off.",
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

HEALTH: Final = (
    Rule(service="qdrant", pattern=r"\b404\b|not found", cause=QDRANT_SUSPENDED),
    Rule(service="qdrant", pattern=r"", cause=QDRANT_REFUSED),
    Rule(service="postgres", pattern=r"sslmode|ssl|tls|insecure", cause=POSTGRES_SSL),
    Rule(
        service="postgres",
        pattern=r"password|authenticat|role .{1,100} exist",
        cause=POSTGRES_LOGIN,
    ),
    Rule(service="postgres", pattern=r"", cause=POSTGRES_REFUSED),
    Rule(service="gemini", pattern=r"quota|\b429\b|resource.?exhausted", cause=GEMINI_QUOTA),
    Rule(service="gemini", pattern=r"api.?key|\b40[013]\b|permission", cause=GEMINI_KEY),
    Rule(service="gemini", pattern=r"", cause=GEMINI_REFUSED),
)
# Other names under which backends report the same service.
ALIASES: Final = {
    "qdrant": ("qdrant", "vector"),
    "postgres": ("postgres", "neon", "database", "db", "sql"),
    "gemini": ("gemini", "llm", "genai", "google"),
}

LOG: Final = (
    Rule(
        pattern=r"ModuleNotFoundError: No module named '([\w.]+)'",
        cause=Cause(
            title="The app imports the module `{0}`, which is not installed",
            remedy="Add the package that provides it to requirements.txt, or, when it is your own "
            "module, check that it ships (`mode: plan` lists every file).",
        ),
    ),
    Rule(
        pattern=r"No matching distribution found for ([\w.\[\]=<>!~-]+)",
        cause=Cause(
            title="pip finds no package for `{0}`",
            remedy="Check its name and version in requirements.txt, and that it supports the "
            "Space's Python (`python-version`).",
        ),
    ),
    Rule(
        pattern=r"Because ([\w.-]+) was not found in the package registry",
        cause=Cause(
            title="uv finds no package `{0}`",
            remedy="Check its name in the requirements.",
        ),
    ),
    Rule(
        pattern=r"ResolutionImpossible|conflicting dependencies",
        cause=Cause(
            title="The requirements contradict each other",
            remedy="Loosen the pins that pip names in the log, or lock a set that resolves.",
        ),
    ),
    Rule(
        pattern=r"KeyError: '([A-Z][A-Z0-9_]+)'",
        cause=Cause(
            title="The app wants the variable `{0}` at start, and the Space has none",
            remedy="Name it under `secrets:` or `variables:`.",
        ),
    ),
    Rule(
        pattern=r"\b([a-zA-Z_]\w{0,100})\s{1,20}Field required \[type=missing",
        cause=Cause(
            title="The app's settings want `{0}` at start, and the Space has none",
            remedy="Name it (usually in capitals) under `secrets:` or `variables:`.",
        ),
    ),
    Rule(
        pattern=r"PermissionError|Permission denied",
        cause=Cause(
            title="The app writes where user 1000 may not",
            remedy="Write below the home folder or /tmp; a Space runs as UID 1000.",
        ),
    ),
    Rule(
        pattern=r"Form data requires \"python-multipart\"",
        cause=Cause(
            title="The app takes form data and `python-multipart` is not installed",
            remedy="Add `python-multipart` to requirements.txt.",
        ),
    ),
    Rule(
        pattern=r"Error loading ASGI app|Could not import module",
        cause=Cause(
            title="uvicorn can't load the app",
            remedy="Check the input `app` (`module:variable`) and the import error in the log.",
        ),
    ),
    Rule(
        pattern=r"SyntaxError:",
        cause=Cause(
            title="A file of the app is no valid Python for this version",
            remedy="See the file and line in the log; `python-version` chooses the version.",
        ),
    ),
    Rule(
        pattern=r"exit code:? 137|OOMKilled|Memory limit exceeded|MemoryError",
        cause=Cause(
            title="Out of memory",
            remedy="Load less at start, or choose larger `hardware`.",
        ),
    ),
    Rule(
        pattern=r"no space left on device",
        cause=Cause(title="The image is too large for the disk", remedy="Ship and install less."),
    ),
)

STAGES: Final = {
    "CONFIG_ERROR": Cause(
        title="The Hub refuses the Space's configuration",
        remedy="See the Hub's message; usually README.md's front matter, or a secret and a "
        "variable of the same name.",
    ),
    "NO_APP_FILE": Cause(
        title="The Hub finds no Dockerfile in the Space",
        remedy="Check that no ignore rule leaves the Dockerfile out (`mode: plan`).",
    ),
    "PAUSED": Cause(
        title="The Space is paused, and stays so after a restart",
        remedy="Start it on its page (Settings). The Hub pauses Spaces of an account whose plan "
        "or quota doesn't cover them.",
    ),
    "RUNNING": Cause(
        title="The Hub goes on serving another revision than the newest one",
        remedy="Choose `Factory rebuild` in the Space's settings, or run this job again; see "
        "status.huggingface.co when it goes on.",
    ),
}
TIMED_OUT: Final = Cause(
    title="The Space was not running in time",
    remedy="Look at the log's end: a build that is only slow needs a larger `health-timeout`; an "
    "app that listens on another port than 7860, or on 127.0.0.1, never counts as started.",
)
MISSING_PATH: Final = Cause(
    title="The app has no such path",
    remedy="Set `health-path` to a path that the app answers (see its `/docs`).",
)
CLOSED_PATH: Final = Cause(
    title="The app asks for a login on its health path",
    remedy="Leave the health path open, or set `health-path` to one that is.",
)


def of_health(verdict: Verdict, answer: Answer, log: Iterable[str]) -> tuple[Cause, ...]:
    """Likely causes of an answer that is not healthy, one a service. Never quotes the body."""
    text = answer.body.decode("utf-8", "replace")
    causes = [_of_service(service, text) for service in verdict.services]
    if not verdict.services and answer.status == 404:
        causes.append(MISSING_PATH)
    if answer.status in (401, 403) and not verdict.services:
        causes.append(CLOSED_PATH)
    found = tuple(cause for cause in causes if cause is not None)
    return found or _of_log("\n".join(log))


def _of_service(service: str, text: str) -> Cause | None:
    about = _about(service, text)
    for rule in HEALTH:
        known = any(alias in service.lower() for alias in ALIASES[rule.service])
        if known and re.search(rule.pattern, about, re.IGNORECASE):
            return rule.cause
    return None


def _about(service: str, text: str) -> str:
    """The part of the answer that speaks of the service: another's 404 proves nothing."""
    try:
        return json.dumps(_find(json.loads(text), service.lower()) or text)
    except (ValueError, RecursionError):
        return text


def _find(body: Any, service: str) -> Any:
    """The value of the first key that is the service's name, however deep; None when none is."""
    inner = body if isinstance(body, list) else []
    if isinstance(body, dict):
        for key, value in body.items():
            if str(key).lower().startswith(service):
                return value
        inner = list(body.values())
    return next((found for each in inner if (found := _find(each, service)) is not None), None)


def of_build(runtime: Runtime, log: Sequence[str], *, timed_out: bool) -> tuple[Cause, ...]:
    """Likely causes of a revision that did not build or start."""
    causes = _of_log("\n".join((*log, runtime.error)))
    if runtime.stage in STAGES:
        causes = (STAGES[runtime.stage], *causes)
    return causes or ((TIMED_OUT,) if timed_out else ())


def _of_log(text: str) -> tuple[Cause, ...]:
    """Causes in the log's end; what the log names is quoted only when it is a plain name."""
    for rule in LOG:
        found = list(re.finditer(rule.pattern, text[-100_000:]))
        if found:
            groups = found[-1].groups()
            title = rule.cause.title.format(*groups) if groups else rule.cause.title
            return (Cause(title=title, remedy=rule.cause.remedy),)
    return ()
