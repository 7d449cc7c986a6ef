"""Which bundle an app was built from, told by the app's own answers.

A made Dockerfile has uvicorn send ``HEADER`` with every answer: the digest of the bundle's other
files. So an unchanged bundle stays unchanged, and another bundle's app gives itself away. An own
Dockerfile is left as it is; its answers say nothing, and nothing is ever concluded from that
(docs/decisions/0070).
"""

from __future__ import annotations

import re
from typing import Final

from deployer.model import Answer

HEADER: Final = "x-hf-space-deploy"
DIGITS: Final = 32
BY_ANSWERS: Final = "the app's own answers name the bundle that was pushed"
BY_CHANGE: Final = "it was seen to start anew after the push"
UNTOLD: Final = (
    "the app's answers don't either; no new code was pushed, and the newest is taken for it"
)
# The first words of deployer/templates/Dockerfile, held together by a test.
MADE: Final = b"# Made by hf-space-deploy."
# uvicorn reads its options from the environment, too (since 0.16); an older one sends no header.
_LINE: Final = re.compile(rb"ENV UVICORN_HEADERS=%b:[0-9a-f]{%d}\n" % (HEADER.encode(), DIGITS))
_SAID: Final = re.compile(rf"[0-9a-f]{{{DIGITS}}}")


def of_bundle(digest: str) -> str:
    """What the app of a bundle with this digest says; "" for no digest."""
    return digest[:DIGITS]


def is_made(dockerfile: bytes) -> bool:
    """Whether the Dockerfile is one that we make, and may add a line to."""
    return dockerfile.startswith(MADE)


def put(dockerfile: bytes, digest: str) -> bytes:
    """The made Dockerfile, which has none yet, with the marker.

    It stands late, so that no layer that installs anything is built anew.
    """
    line = f"ENV UVICORN_HEADERS={HEADER}:{of_bundle(digest)}\n".encode()
    head, command, rest = dockerfile.rpartition(b"CMD ")
    return head + line + command + rest


def taken(dockerfile: bytes) -> bytes:
    """The made Dockerfile without a marker."""
    return _LINE.sub(b"", dockerfile)


def said(answer: Answer) -> str:
    """The marker that an answer carries; "" when it carries none."""
    told = next((value for name, value in answer.headers.items() if name.lower() == HEADER), "")
    return told.strip() if _SAID.fullmatch(told.strip()) else ""


def is_foreign(answer: Answer, expected: str) -> bool:
    """Whether another bundle's app gave the answer. One that says nothing is not accused."""
    return bool(expected) and said(answer) not in ("", expected)


def is_ours(answer: Answer, expected: str) -> bool:
    """Whether the app of the expected bundle gave the answer, and says so."""
    return bool(expected) and said(answer) == expected


def proof(answer: Answer, expected: str, *, pushed: bool) -> str:
    """What proves the revision where the Hub doesn't say which one runs.

    ``pushed``: there was a push, and the runtime was seen to leave what it showed before it.
    """
    if is_ours(answer, expected):
        return BY_ANSWERS
    return BY_CHANGE if pushed else UNTOLD
