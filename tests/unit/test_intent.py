"""What a deploy would do to the secrets, the variables and the Space."""

from __future__ import annotations

import pytest

from deployer.context import Context
from deployer.credentials import fingerprint
from deployer.credentials.syntax import Missing
from deployer.given import read_settings
from deployer.intent import intent_of
from deployer.model import (
    Configuration,
    Entry,
    FrontendPlan,
    FrontendState,
    Runtime,
    Secret,
    Space,
    SpaceFile,
    SpaceId,
    StoredSetting,
)
from deployer.observe import Given
from deployer.observe_space import SpaceState
from deployer.plan import decide
from deployer.release.difference import with_manifest
from deployer.report.intent import Change, Effect, Intent
from deployer.settings import Settings
from tests.unit.report.conftest import BUNDLE

TOKEN = Secret("cn-token")
SPACE = Space(
    id=SpaceId(owner="o", name="x"),
    host="https://o-x.hf.space",
    head="h",
    sdk="docker",
    visibility="protected",
    page="p",
    runtime=Runtime(stage="RUNNING", hardware="cpu-basic", sleep_time=300),
)
FRONTEND = FrontendPlan(state=FrontendState.NONE)


def inputs(**given: str) -> Settings:
    named = {"SPACE": "o/x", "HF_TOKEN": TOKEN.reveal(), **given}
    return read_settings({f"INPUT_{name.upper()}": value for name, value in named.items()})


def entry(name: str, value: str, *, public: bool = False) -> Entry:
    return Entry(name=name, value=Secret(value), public=public)


def ours(name: str, value: str | None = None, secret: str = "") -> StoredSetting:
    mark = fingerprint.make(name, Secret(secret), TOKEN) if secret else ""
    return StoredSetting(name=name, value=value, description=fingerprint.describe(mark))


def intent(
    given: Given, stored: Configuration | None = None, *, there: bool = True, **settings: str
) -> Intent:
    """Of a Space that has the bundle already, if it is there at all."""
    wanted = inputs(**settings)
    state = SpaceState()
    if there:
        files = with_manifest(BUNDLE.files, health_path=BUNDLE.backend.health_path)
        tree = tuple(
            SpaceFile(path=file.path, size=file.digest.size, blob=file.digest.blob)
            for file in files
        )
        state = SpaceState(space=SPACE, tree=tree, stored=stored or Configuration())
    plan = decide(
        wanted, Context(workspace="."), bundle=BUNDLE, given=given, state=state, frontend=FRONTEND
    )
    named = frozenset(each.name for each in given.all if each.name != "ORIGINS")
    return intent_of(plan, state, given, compared=True, named=named)


def changes(found: Intent) -> dict[str, tuple[Change, str, str | None, str | None]]:
    return {
        each.name: (each.change, each.given_by, each.before, each.after) for each in found.settings
    }


def test_each_secret_says_what_becomes_of_it_and_never_its_value() -> None:
    given = Given(
        entries=(entry("NEW", "cn-1"), entry("SAME", "cn-2"), entry("OTHER", "cn-3")),
        missing=(
            Missing(name="ABSENT", public=False, line=1),
            Missing(name="THERE", public=False, line=2),
        ),
    )
    secrets = {
        "SAME": ours("SAME", secret="cn-2"),
        "OTHER": ours("OTHER", secret="cn-old"),
        "THERE": ours("THERE", secret="cn-4"),
        "STALE": ours("STALE", secret="cn-5"),
        "BY_HAND": StoredSetting(name="BY_HAND"),
    }
    found = intent(given, Configuration(secrets=secrets))
    assert changes(found) == {
        "ABSENT": (Change.MISSING, "secrets", None, None),
        "BY_HAND": (Change.FOREIGN, "", None, None),
        "NEW": (Change.NEW, "secrets", None, None),
        "OTHER": (Change.CHANGED, "secrets", None, None),
        "SAME": (Change.UNCHANGED, "secrets", None, None),
        "STALE": (Change.STALE, "", None, None),
        "THERE": (Change.UNCHANGED, "secrets", None, None),
    }
    assert [each.name for each in found.settings] == sorted(changes(found))
    assert "cn-" not in repr(found)


def test_each_variable_says_its_value_before_and_after() -> None:
    given = Given(
        entries=(
            entry("LEVEL", "INFO", public=True),
            entry("ORIGINS", "https://a.example", public=True),
        ),
        missing=(Missing(name="KEPT", public=True, line=1),),
    )
    variables = {
        "LEVEL": ours("LEVEL", "DEBUG"),
        "KEPT": StoredSetting(name="KEPT", value="k"),
        "OLD": ours("OLD", "1"),
        "HAND": StoredSetting(name="HAND", value="h"),
    }
    stored = Configuration(variables=variables)
    assert changes(intent(given, stored, prune="true")) == {
        "HAND": (Change.FOREIGN, "", "h", "h"),
        "KEPT": (Change.UNCHANGED, "variables", "k", "k"),
        "LEVEL": (Change.CHANGED, "variables", "DEBUG", "INFO"),
        "OLD": (Change.PRUNED, "", "1", None),
        "ORIGINS": (Change.NEW, "frontend-url", None, "https://a.example"),
    }


@pytest.mark.parametrize(
    ("given", "stored", "settings", "effect"),
    [
        (Given(), Configuration(), {}, Effect.NOTHING),
        (Given(), Configuration(), {"sleep_time": "600"}, Effect.NOTHING),
        (Given(), Configuration(), {"hardware": "t4-small"}, Effect.RESTART),
        (Given(entries=(entry("A", "b"),)), Configuration(), {}, Effect.RESTART),
        (Given(), Configuration(secrets={"A": ours("A", secret="b")}), {}, Effect.NOTHING),
        (
            Given(),
            Configuration(secrets={"A": ours("A", secret="b")}),
            {"prune": "true"},
            Effect.RESTART,
        ),
    ],
    ids=["nothing", "sleep time", "hardware", "a secret", "a stale secret", "a pruned one"],
)
def test_without_a_changed_file_only_what_restarts_a_space_restarts_it(
    given: Given, stored: Configuration, settings: dict[str, str], effect: Effect
) -> None:
    assert intent(given, stored, **settings).effect is effect


def test_a_changed_file_is_built_whatever_else_there_is() -> None:
    new = intent(Given(entries=(entry("A", "b"),)), there=False)
    assert (new.effect, new.creates) == (Effect.BUILD, True)


def test_a_new_space_has_the_visibility_that_is_asked_for_and_one_that_is_there_its_own() -> None:
    assert intent(Given(), there=False, visibility="private").visibility == "private"
    assert intent(Given(), visibility="private").visibility == "protected"


def test_hardware_and_sleep_time_are_told_as_they_are_and_as_they_would_be() -> None:
    resize = intent(Given(), hardware="t4-small").resize
    assert (resize.hardware_before, resize.hardware) == ("cpu-basic", "t4-small")
    assert (resize.sleep_time_before, resize.sleep_time) == (300, None)
