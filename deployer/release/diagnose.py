"""Finds the likely cause of a red run in the stage, the Hub's message, the log and the answer.

Pure; the causes themselves stand in causes.py and service_causes.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from deployer.model import Answer, Cause, Runtime, Verdict
from deployer.release.cause_rule import Rule
from deployer.release.causes import CLOSED_PATH, LISTENS, LOG, MISSING_PATH, STAGES, TIMED_OUT
from deployer.release.service_causes import ALIASES, HEALTH, OTHERWISE, SAID

# A service that is only called `llm` may be anybody's.
OTHERS: Final = re.compile(r"openai|groq|anthropic|claude|cohere|mistral", re.IGNORECASE)
BODY: Final = 200_000  # characters of an answer that are searched
# The Hub's message for an app that never answered on its port.
NOT_STARTED: Final = re.compile(r"launch timed out|workload was not healthy", re.IGNORECASE)


def of_health(verdict: Verdict, answer: Answer, log: Iterable[str]) -> tuple[Cause, ...]:
    """Likely causes of an answer that is not healthy, one a service. Never quotes the body."""
    text, logged = answer.body[:BODY].decode("utf-8", "replace"), "\n".join(log)
    causes = [_of_service(service, text, logged) for service in verdict.services]
    if not verdict.services and answer.status == 404:
        causes.append(MISSING_PATH)
    if answer.status in (401, 403) and not verdict.services:
        causes.append(CLOSED_PATH)
    found = tuple(dict.fromkeys(cause for cause in causes if cause is not None))
    return found or _first(SAID, text) or _first(LOG, logged)


def _of_service(service: str, text: str, log: str) -> Cause | None:
    """What the answer says of the service, else what the log does, else what is likely."""
    kind = next(
        (kind for kind, names in ALIASES.items() if any(name in service.lower() for name in names)),
        None,
    )
    about = _about(service, text)
    if kind is None or (kind == "gemini" and OTHERS.search(f"{service} {about}")):
        return None
    said = _first(_rules(HEALTH, kind), about)
    found = said or _first(_rules(SAID, kind), log)
    return found[0] if found else OTHERWISE[kind]


def _rules(rules: Iterable[Rule], service: str) -> list[Rule]:
    return [rule for rule in rules if rule.service == service]


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
    text = "\n".join((*log, runtime.error))
    causes = _first(LOG, text)
    late = timed_out or NOT_STARTED.search(runtime.error) is not None
    if late and not causes:
        causes = _first(LISTENS, text)
    if runtime.stage in STAGES:
        causes = (STAGES[runtime.stage], *causes)
    return causes or ((TIMED_OUT,) if late else ())


def of_listening(log: Iterable[str], port: int) -> tuple[Cause, ...]:
    """The cause of an app that says it listens elsewhere than on ``port`` for everybody."""
    found = _first(LISTENS, "\n".join(log))
    # The rules know the Space's usual port only.
    return () if found and found[0].title.startswith(f"The app listens on port {port},") else found


def _first(rules: Iterable[Rule], text: str) -> tuple[Cause, ...]:
    """The first rule's cause that the end of ``text`` shows, by the last place where it does.

    What the text names is quoted only when it is a plain name.
    """
    for rule in rules:
        found = list(
            re.finditer(rule.pattern, text[-100_000:], re.IGNORECASE if rule.service else 0)
        )
        if found:
            named = next((group for group in found[-1].groups() if group), "")
            title = rule.cause.title.replace("{0}", named)
            return (Cause(title=title, remedy=rule.cause.remedy, service=rule.cause.service),)
    return ()
