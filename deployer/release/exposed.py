"""Whether a health answer, which everybody may read, shows a secret. Pure; never quotes it.

A value that is known is found as it stands; one that was set by hand by its shape: a key, a URL's
or a connection string's password, also where the app cut its end off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from deployer.errors import Notice
from deployer.model import Answer
from deployer.scrub import contains_key, scrub

SEARCHED: Final = 50_000  # bytes
NOTICE: Final = Notice(
    message="Security: the app's health answer shows a secret to whoever asks for it.",
    hint="Answer with a state (`connected`, `error`) in place of addresses, connection strings and "
    "error texts; then replace the value at its provider, for it may have been read already.",
)

# What libraries and careful apps put in a password's place, as SQLAlchemy does.
_HIDDEN: Final = re.compile(
    r":(?:\*{1,64}|x{3,16}|\.{3}|<[^<>@\s]{1,40}>|\[?(?:redacted|hidden|masked|password)\]?)@",
    re.IGNORECASE,
)
# Without an end: an app that shows an address's first 30 characters shows the password, too.
_CUT_OFF: Final = re.compile(
    r"\b(?:postgres|postgresql|mysql|mariadb|mongodb|rediss?|amqps?)(?:\+\w{1,20})?:\\?/\\?/"
    r"[^\s:/@\"'<>]{1,64}:(?!\d{1,5}\b|\*|\.{2}|x{3,}|<)[^\s\"'<>@]{3}",
    re.IGNORECASE,
)
# The same without its scheme: `user:password@host.example.com`.
_LOGIN: Final = re.compile(
    r"(?<![\w.+/-])(?!mailto:|e?-?mail:|contact:)[\w.+-]{1,64}:(?=[^\s@]{0,63}\d)"
    r"[^\s/@:\"'<>*]{6,64}@[\w-]{1,63}\.[\w.-]{2,200}",
    re.IGNORECASE,
)
_PASSWORD: Final = re.compile(
    r"(?:password|passwd|pwd)\\?[\"']?\s?[=:]\s?\\?[\"']?"
    r"(?=[^\s\"'\\,;&}]{0,63}\d)[^\s\"'\\,;&}*]{6,64}",
    re.IGNORECASE,
)


def shows_secret(answer: Answer, hide: Callable[[str], str]) -> bool:
    """Whether the body shows one. ``hide`` takes known values out, as a log does.

    Headers are left out: the Hub's proxy puts cookies of its own there.
    """
    text = answer.body[:SEARCHED].decode("utf-8", "replace")
    text = _HIDDEN.sub("@", text)
    by_shape = contains_key(text) or any(
        shape.search(text) for shape in (_CUT_OFF, _LOGIN, _PASSWORD)
    )
    return by_shape or any(_known(variant, hide) for variant in _variants(text))


def _known(text: str, hide: Callable[[str], str]) -> bool:
    """More is hidden than the shapes alone explain: a value of this run stands there."""
    return hide(text) != scrub(text)


def _variants(text: str) -> tuple[str, ...]:
    """The text, and its pieces apart: the shapes would hide a known value beside its name."""
    return text, re.sub(r"[\"']", "\n", text), re.sub(r"[\s\"'=:]", "\n", text)
