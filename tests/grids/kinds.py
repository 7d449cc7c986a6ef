"""What may go wrong with a request, and which answers it can be asked of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.grids.wire import Tape, Trouble, as_json

PAGE = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A fault. ``passing``: sent again, the request may succeed."""

    name: str
    trouble: Callable[[str], Trouble]
    passing: bool = True
    needs_body: bool = False
    needs_json: bool = False
    only: str = ""


def _always(trouble: Trouble) -> Callable[[str], Trouble]:
    return lambda _service: trouble


def _said(status: int, hub: str, github: str, **headers: str) -> Callable[[str], Trouble]:
    """An answer in the words of the Hub, or of GitHub."""

    def trouble(service: str) -> Trouble:
        body = {"error": hub} if service == "hub" else {"message": github, "status": str(status)}
        more = {"X-Error-Message": hub} if service == "hub" else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Trouble(
            kind="answer",
            status=status,
            headers={"Content-Type": "application/json", **more, **named},
            body=as_json(body),
        )

    return trouble


KINDS = (
    Kind(name="429", trouble=_said(429, "Too many requests", "Too many requests", Retry_After="2")),
    Kind(name="500", trouble=_said(500, "Internal error", "Server Error")),
    Kind(
        name="502",
        trouble=_always(
            Trouble(kind="answer", status=502, headers={"Content-Type": "text/html"}, body=PAGE)
        ),
    ),
    Kind(name="503", trouble=_said(503, "Service unavailable", "No server is available")),
    Kind(name="reset", trouble=_always(Trouble(kind="reset"))),
    Kind(name="reset-after", trouble=_always(Trouble(kind="reset-after"))),
    Kind(name="stall", trouble=_always(Trouble(kind="stall"))),
    Kind(name="truncated", trouble=_always(Trouble(kind="truncate")), needs_body=True),
    Kind(
        name="no-json",
        trouble=_always(Trouble(kind="replace", body=b'{"this is": [no JSON')),
        needs_json=True,
    ),
    Kind(
        name="other-json",
        trouble=_always(Trouble(kind="replace", body=b'[["another", {"shape": 1}]]')),
        needs_json=True,
    ),
    Kind(
        name="401",
        trouble=_said(401, "Invalid username or password.", "Bad credentials"),
        passing=False,
    ),
    Kind(
        name="403",
        trouble=_said(403, "Forbidden", "Resource not accessible by integration"),
        passing=False,
    ),
    Kind(
        name="412",
        trouble=_said(412, "A commit has happened since. Please refresh and try again.", ""),
        passing=False,
        only="/commit/",
    ),
)


def possible(kind: Kind, request: str, tape: Tape) -> bool:
    """Whether a fault of this kind can happen to a request that went well once."""
    if kind.only and kind.only not in request:
        return False
    stream = "event-stream" in tape.bodies.get(request, "")
    if kind.needs_body and (stream or tape.lengths.get(request, 0) < 2):
        return False
    return not (kind.needs_json and "json" not in tape.bodies.get(request, ""))
