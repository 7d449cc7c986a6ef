"""Secrets and variables: as given, as stored, and what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Secret:
    """A value that must not be shown. ``repr``, ``str`` and ``format`` give ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one call that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of the inputs ``secrets`` or ``variables``. ``line`` is 1-based in that input."""

    name: str
    value: Secret
    public: bool
    line: int = 0


class StoredSetting(Struct, frozen=True, kw_only=True):
    """A secret (``value`` None: the Hub never tells) or variable that the Space already has."""

    name: str
    value: str | None = None
    description: str = ""


class Configuration(Struct, frozen=True, kw_only=True):
    """The Space's secrets and variables as the Hub lists them, by name."""

    secrets: Mapping[str, StoredSetting] = field(default_factory=dict)
    variables: Mapping[str, StoredSetting] = field(default_factory=dict)


class SettingWrite(Struct, frozen=True, kw_only=True):
    """A secret or variable to be sent, with the description that carries our marker."""

    name: str
    value: Secret
    description: str


class ConfigurationChange(Struct, frozen=True, kw_only=True):
    """What to send. ``foreign`` names stand on the Space, unnamed here and not set by us.

    ``stale`` names were set by us earlier and are no longer named; ``prune_*`` are those of them
    that will be deleted.
    """

    secrets: tuple[SettingWrite, ...] = ()
    variables: tuple[SettingWrite, ...] = ()
    prune_secrets: tuple[str, ...] = ()
    prune_variables: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is sent before the code; pruning comes after health and doesn't count."""
        return not (self.secrets or self.variables)
