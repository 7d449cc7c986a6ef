"""Decides what a red release takes back: code, variables, or nothing, and why. Pure.

Only an ``Unhealthy`` or ``NotBuilt`` outcome comes here: an outage of the Hub, a rate limit or a
newer commit is no reason to touch the Space again.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from deployer.act import Release
from deployer.model import ConfigurationChange, Health, NotBuilt, Unhealthy, Verdict
from deployer.observe_space import SpaceState

FIRST: Final = (
    "This was the first deploy: there is no earlier revision to go back to. The Space is left as "
    "it is."
)
UNREACHED: Final = (
    "No answer of the app reached this machine, which says nothing about the revision: the Space "
    "is left as it is. Look at its address, then run the job again."
)


class Undo(Struct, frozen=True, kw_only=True):
    """What is taken back: the code, by putting the tree of ``revision`` in place of the newest one
    ("" when it stays), and the ``variables`` of these names. ``lost`` are secrets that nobody can
    put back, since an old value can't be read.
    """

    revision: str = ""
    variables: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """A sentence on what is lost, "" for nothing."""
        names = ", ".join(f"`{name}`" for name in self.lost)
        return (
            f" These secrets stay as this run left them, since old values can't be read: {names}."
            if names
            else ""
        )


def decide(
    outcome: NotBuilt | Unhealthy,
    release: Release,
    state: SpaceState,
    change: ConfigurationChange,
    *,
    wanted: bool,
) -> Undo | str:
    """What to take back, or why nothing is, as a sentence. Pure."""
    if not release.previous:
        return FIRST
    if not wanted:
        return "`rollback` is false: the Space is left as it is."
    if isinstance(outcome, Unhealthy) and not outcome.reached:
        return UNREACHED
    if release.pruned:
        return _pruned(change)
    return (_with_code if release.pushed else _without_code)(outcome, release, state, change)


def _with_code(
    outcome: NotBuilt | Unhealthy, release: Release, state: SpaceState, change: ConfigurationChange
) -> Undo | str:
    """Code was pushed: what is known to have been healthy comes back, else what served before."""
    if state.serving is not None and _failed_alike(outcome, state.serving):
        return "The revision before failed in the same way: putting it back would help nobody."
    if state.serving is None and not state.healthy:
        return "The revision before was not running either, so it was not put back."
    return Undo(
        revision=state.healthy or release.previous,
        variables=tuple(write.name for write in change.variables),
        lost=tuple(write.name for write in change.secrets),
    )


def _pruned(change: ConfigurationChange) -> Undo | str:
    """The code was proved healthy before the pruning, so it stays."""
    undo = Undo(variables=change.prune_variables, lost=change.prune_secrets)
    return undo if undo.variables else f"The code was healthy before the pruning.{undo.warning}"


def _without_code(
    _outcome: NotBuilt | Unhealthy, release: Release, state: SpaceState, change: ConfigurationChange
) -> Undo | str:
    """No code was pushed: the settings are to blame, or a run that was cut short left it so."""
    lost = tuple(write.name for write in change.secrets)
    left_behind = state.ours and state.healthy not in ("", release.revision)
    if change.variables or left_behind:
        return Undo(
            revision=state.healthy if left_behind else "",
            variables=tuple(write.name for write in change.variables),
            lost=lost,
        )
    return f"No new code was pushed, so there is none to take back.{Undo(lost=lost).warning}"


def _failed_alike(outcome: NotBuilt | Unhealthy, before: Verdict) -> bool:
    if before.health is Health.HEALTHY or isinstance(outcome, NotBuilt):
        return False
    return (before.services, before.reason) == (outcome.verdict.services, outcome.verdict.reason)
