"""Decides which secrets and variables are sent: only what changed, only what is ours is pruned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deployer.credentials import fingerprint
from deployer.credentials.findings import wrong
from deployer.errors import Notice, Problem
from deployer.model import (
    Configuration,
    ConfigurationChange,
    Entry,
    Secret,
    SettingWrite,
    StoredSetting,
)


def plan_configuration(
    entries: Sequence[Entry],
    stored: Configuration,
    *,
    token: Secret,
    prune: bool,
    named: frozenset[str] = frozenset(),
) -> ConfigurationChange:
    """What to send to a Space that has ``stored``.

    ``named`` are names that the workflow gives without a value, so that they are neither foreign
    nor pruned.
    """
    writes = [(entry, _write(entry, stored, token)) for entry in entries]
    keep = named | {entry.name for entry in entries}
    stale_secrets = tuple(_left(stored.secrets, keep, ours=True))
    stale_variables = tuple(_left(stored.variables, keep, ours=True))
    foreign = {*_left(stored.secrets, keep, ours=False), *_left(stored.variables, keep, ours=False)}
    return ConfigurationChange(
        secrets=tuple(write for entry, write in writes if write and not entry.public),
        variables=tuple(write for entry, write in writes if write and entry.public),
        prune_secrets=stale_secrets if prune else (),
        prune_variables=stale_variables if prune else (),
        foreign=tuple(sorted(foreign)),
        stale=tuple(sorted({*stale_secrets, *stale_variables})),
    )


def overwritten(
    entries: Sequence[Entry], stored: Configuration, token: Secret
) -> Iterator[tuple[bool, SettingWrite]]:
    """Entries that another run has set to something else since they were sent; public or not.

    A secret without our description says nothing, nor does an empty list: a Hub may keep neither.
    """
    for entry in entries:
        listed = stored.variables if entry.public else stored.secrets
        held = listed.get(entry.name)
        silent = held is not None and not entry.public and not fingerprint.read(held.description)
        write = _write(entry, stored, token) if listed and not silent else None
        if write is not None:
            yield entry.public, write


def unmarked(change: ConfigurationChange, stored: Configuration) -> tuple[Notice, ...]:
    """Says which secrets are there and carry no fingerprint of ours, so that they are set again."""
    names = [
        f"`{write.name}`"
        for write in change.secrets
        if (held := stored.secrets.get(write.name)) and not fingerprint.read(held.description)
    ]
    if not names:
        return ()
    message = f"The Space shows no fingerprint of ours beside {', '.join(names)}: set again."
    hint = (
        "It was set by hand, or this Hub keeps no descriptions; then every run sets it, and the "
        "Space restarts."
    )
    return (Notice(message=message, hint=hint, warning=False),)


def kind_conflicts(entries: Sequence[Entry], stored: Configuration) -> tuple[Problem, ...]:
    """Names that the Space already has as the other kind; the Hub refuses to start with both."""
    return tuple(
        wrong(
            entry,
            f"is already a {'secret' if entry.public else 'variable'} of the Space.",
            "Delete it there (Settings, Variables and secrets), or name it in the input "
            f"`{'secrets' if entry.public else 'variables'}`.",
        )
        for entry in entries
        if entry.name in (stored.secrets if entry.public else stored.variables)
    )


def _write(entry: Entry, stored: Configuration, token: Secret) -> SettingWrite | None:
    """The write that brings the Space up to date, or None when it is already."""
    if entry.public:
        there = stored.variables.get(entry.name)
        mark = ""
        same = there is not None and there.value == entry.value.reveal()
    else:
        mark = fingerprint.make(entry.name, entry.value, token)
        held = stored.secrets.get(entry.name)
        same = held is not None and fingerprint.read(held.description) == mark
    if same:
        return None
    return SettingWrite(name=entry.name, value=entry.value, description=fingerprint.describe(mark))


def _left(
    stored: Mapping[str, StoredSetting], keep: frozenset[str], *, ours: bool
) -> Iterator[str]:
    for name, setting in sorted(stored.items()):
        if name not in keep and fingerprint.is_ours(setting.description) == ours:
            yield name
