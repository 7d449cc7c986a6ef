"""What a release, or its rehearsal, came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deployer.errors import Notice


class Health(StrEnum):
    """The verdict on one answer of the health path (docs/reference/health.md)."""

    HEALTHY = "healthy"
    NOT_YET = "not yet"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a probe got: ``status`` 0 and ``error`` when no HTTP answer came at all.

    ``location`` is where a redirect that was not followed points to.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    url: str = ""
    location: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one answer. ``services`` names the ones that speak against health."""

    health: Health
    reason: str
    services: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A likely cause in a person's words, with its remedy."""

    title: str
    remedy: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """The revision serves and is healthy.

    ``proof`` is what proves that it is this revision, "" when the Hub itself said so. ``exposed``:
    its health answer shows a secret.
    """

    revision: str
    answers: int
    neutral: tuple[str, ...] = ()
    proof: str = ""
    exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhealthy:
    """The revision started, and its health path speaks against it (exit 6).

    ``reached`` is false when no answer of the app itself came: that says nothing about it.
    """

    revision: str
    verdict: Verdict
    reached: bool = True
    exposed: bool = False
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBuilt:
    """The revision did not build or start in time (exit 5)."""

    revision: str
    stage: str
    error: str
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A newer commit took over while we waited (exit 4); nothing is rolled back."""

    revision: str
    by: str


Outcome = Healthy | Unhealthy | NotBuilt | Superseded


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What stands in for the Hub on this machine. ``notice`` says in what it is not the same."""

    name: str
    docker: bool
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build here came to: ``error`` is "" for one that worked, ``size`` the image's bytes.

    ``notices``: what was done in another way than the Hub would.
    """

    size: int = 0
    error: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How a bundle did on this machine; bytes and seconds, None for what wasn't reached.

    ``cors`` says what a browser on the frontend's origins would do, "" where none is given.
    """

    means: str
    docker: bool
    size: int | None = None
    build_seconds: float | None = None
    start_seconds: float | None = None
    health: str = ""
    cors: str = ""
