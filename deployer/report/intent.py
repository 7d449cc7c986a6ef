"""What a deploy would do to the Space beside its files: settings, hardware, and what follows."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Change(StrEnum):
    """What would become of one secret or variable."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"  # named, and neither this run nor the Space has a value
    FOREIGN = "foreign"  # set by hand and not named: left alone
    STALE = "stale"  # set by an earlier deploy, no longer named: stays without `prune`
    PRUNED = "pruned"


class Effect(StrEnum):
    """What the Space would do."""

    BUILD = "build"
    RESTART = "restart"
    NOTHING = "nothing"


class Setting(Struct, frozen=True, kw_only=True):
    """A secret or variable. ``given_by`` is the input that names it, "" when only the Space does.

    ``before`` and ``after`` are a variable's values, which are public; a secret has none here.
    """

    name: str
    public: bool
    change: Change
    given_by: str = ""
    before: str | None = None
    after: str | None = None


class Resize(Struct, frozen=True, kw_only=True):
    """Hardware and sleep time, as they are and as they would be; None where nobody says."""

    hardware_before: str | None = None
    hardware: str | None = None
    sleep_time_before: int | None = None
    sleep_time: int | None = None


class Intent(Struct, frozen=True, kw_only=True):
    """``compared``: the Space was asked, which takes a token. ``visibility`` is that of a Space to
    be created, else the one it has.
    """

    compared: bool
    creates: bool
    visibility: str
    effect: Effect
    resize: Resize = Resize()
    settings: tuple[Setting, ...] = ()
