"""What a release, or its rehearsal, came to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from deployer.errors import Notice
from deployer.model.quiet import Quiet


class Health(StrEnum):
    """The verdict on one answer of the health path (docs/reference/health.md)."""

    HEALTHY = "healthy"
    NOT_YET = "not yet"
    UNHEALTHY = "unhealthy"


class Answer(Quiet, frozen=True, kw_only=True):
    """What a probe got: ``status`` 0 and ``error`` when no HTTP answer came at all.

    ``location`` is where a redirect that was not followed points to.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""
    location: str = ""
    error: str = ""


class Verdict(Struct, frozen=True, kw_only=True):
    """The judgement of one answer. ``services`` names the ones that speak against health."""

    health: Health
    reason: str
    services: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()


class Cause(Struct, frozen=True, kw_only=True):
    """A likely cause in a person's words, with its remedy."""

    title: str
    remedy: str
    service: str = ""


class Healthy(Struct, frozen=True, kw_only=True):
    """The revision serves and is healthy.

    ``proof`` is what proves that it is this revision, "" when the Hub itself said so. ``exposed``:
    its health answer shows a secret.
    """

    revision: str
    answers: int
    neutral: tuple[str, ...] = ()
    proof: str = ""
    exposed: bool = False


class Unhealthy(Quiet, frozen=True, kw_only=True):
    """The revision started, and its health path speaks against it (exit 6).

    ``reached`` is false when no answer of the app itself came: that says nothing about it.
    """

    revision: str
    verdict: Verdict
    reached: bool = True
    exposed: bool = False
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = ()


class NotBuilt(Quiet, frozen=True, kw_only=True):
    """The revision did not build or start in time (exit 5)."""

    revision: str
    stage: str
    error: str
    causes: tuple[Cause, ...] = ()
    log: tuple[str, ...] = ()


class Superseded(Struct, frozen=True, kw_only=True):
    """A newer commit took over while we waited (exit 4); nothing is rolled back."""

    revision: str
    by: str


Outcome = Healthy | Unhealthy | NotBuilt | Superseded


class Means(Struct, frozen=True, kw_only=True):
    """What stands in for the Hub on this machine. ``notice`` says in what it is not the same."""

    name: str
    docker: bool
    notice: Notice | None = None


class Built(Struct, frozen=True, kw_only=True):
    """What a build here came to: ``error`` is "" for one that worked, ``size`` the image's bytes.

    ``notices``: what was done in another way than the Hub would.
    """

    size: int = 0
    error: str = ""
    notices: tuple[Notice, ...] = ()


class Rehearsed(Struct, frozen=True, kw_only=True):
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
