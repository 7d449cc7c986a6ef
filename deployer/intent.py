"""What the plan means for the Space, in the report's words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deployer.model import Configuration, ConfigurationChange, Entry, StoredSetting
from deployer.observe import Given
from deployer.observe_space import SpaceState
from deployer.plan import Plan
from deployer.report.intent import Change, Effect, Intent, Resize, Setting


def intent_of(
    plan: Plan, state: SpaceState, given: Given, *, compared: bool, named: frozenset[str]
) -> Intent:
    """What a deploy would do; ``named`` are the names that stand in the inputs themselves."""
    runtime = state.space.runtime if state.space else None
    return Intent(
        compared=compared,
        creates=compared and state.space is None,
        visibility=state.space.visibility if state.space else plan.visibility,
        effect=_effect(plan),
        resize=Resize(
            hardware_before=(runtime.requested_hardware or runtime.hardware) if runtime else None,
            hardware=plan.hardware,
            sleep_time_before=runtime.sleep_time if runtime else None,
            sleep_time=plan.sleep_time,
        ),
        settings=tuple(sorted(_settings(plan, state, given, named), key=lambda each: each.name)),
    )


def _effect(plan: Plan) -> Effect:
    change = plan.configuration
    if not plan.difference.empty:
        return Effect.BUILD
    restarts = not change.empty or plan.hardware or change.prune_secrets or change.prune_variables
    return Effect.RESTART if restarts else Effect.NOTHING


def _settings(
    plan: Plan, state: SpaceState, given: Given, named: frozenset[str]
) -> Iterator[Setting]:
    change, stored = plan.configuration, state.stored
    for entry in given.entries:
        yield _given(entry, change, stored, named)
    for missing in given.missing:
        there = _of_kind(stored, missing.public).get(missing.name)
        yield Setting(
            name=missing.name,
            public=missing.public,
            change=Change.UNCHANGED if there else Change.MISSING,
            given_by=_input(missing.public),
            before=there.value if there else None,
            after=there.value if there else None,
        )
    ours = frozenset((each.name, each.public) for each in given.all)
    for public in (True, False):
        for name, setting in _of_kind(stored, public).items():
            if (name, public) not in ours:
                yield _left(setting, change, public=public)


def _given(
    entry: Entry, change: ConfigurationChange, stored: Configuration, named: frozenset[str]
) -> Setting:
    there = _of_kind(stored, entry.public).get(entry.name)
    sent = any(w.name == entry.name for w in (*change.secrets, *change.variables))
    what = Change.UNCHANGED if there else Change.NEW
    return Setting(
        name=entry.name,
        public=entry.public,
        change=Change.CHANGED if there and sent else what,
        given_by=_input(entry.public) if entry.name in named else "frontend-url",
        before=there.value if there and entry.public else None,
        after=entry.value.reveal() if entry.public else None,
    )


def _left(setting: StoredSetting, change: ConfigurationChange, *, public: bool) -> Setting:
    pruned = change.prune_variables if public else change.prune_secrets
    kept = Change.STALE if setting.name in change.stale else Change.FOREIGN
    return Setting(
        name=setting.name,
        public=public,
        change=Change.PRUNED if setting.name in pruned else kept,
        before=setting.value,
        after=None if setting.name in pruned else setting.value,
    )


def _of_kind(stored: Configuration, public: bool) -> Mapping[str, StoredSetting]:
    return stored.variables if public else stored.secrets


def _input(public: bool) -> str:
    return "variables" if public else "secrets"
