"""When the next look at the Space comes: soon after news, seldom else, never above the limit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from deployer.model import SpaceId
from deployer.release.logs import Logs
from deployer.release.pace import LISTEN_EVERY, PAUSES, TOLD, Pace
from tests.fakes.hub import Behaviour
from tests.fakes.world import FakeWorld, make_world

SPACE = SpaceId(owner="tester", name="app")
LATE = 1_000.0


@dataclass
class Scene:
    fakes: FakeWorld
    logs: Logs
    pace: Pace

    def rest(self, elapsed: float = LATE, left: float = LATE) -> float:
        """How long it rested."""
        start = self.fakes.clock.now()
        self.pace.rest(elapsed, left)
        return self.fakes.clock.now() - start

    def change(self, after: float) -> None:
        space = self.fakes.hub.made[str(SPACE)]
        self.fakes.hub.later(after, lambda: setattr(space, "stage", f"STAGE_{after}"))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    fakes = make_world(tmp_path)
    fakes.hub.next.append(Behaviour(log_lag=2.0))
    fakes.hub.a_space(SPACE, {"app.py": b"v1"})
    fakes.hub.tells_events = True
    logs = Logs(SPACE, "https://app.test/health", fakes.world)
    return Scene(fakes=fakes, logs=logs, pace=Pace(SPACE, logs, fakes.world))


@pytest.mark.parametrize(("elapsed", "pause"), PAUSES)
def test_without_news_the_pauses_grow(scene: Scene, elapsed: float, pause: float) -> None:
    assert scene.rest(elapsed) == pause


def test_no_pause_is_longer_than_the_time_that_is_left(scene: Scene) -> None:
    assert scene.rest(left=1.5) == 1.5


def test_an_event_ends_the_pause_at_once(scene: Scene) -> None:
    scene.change(3.0)
    assert scene.rest() <= 3.0 + LISTEN_EVERY


def test_a_hub_that_told_something_is_asked_seldom_from_then_on(scene: Scene) -> None:
    assert scene.rest(30.0) == 2.0
    scene.change(0.6)
    scene.rest(30.0)
    assert scene.rest(30.0) == TOLD


def test_the_apps_own_words_end_the_pause_the_builds_do_not(scene: Scene) -> None:
    scene.logs.follow("build")
    assert scene.rest() == PAUSES[-1][1]
    scene.logs.follow("run")
    assert scene.rest() <= 2.0 + LISTEN_EVERY


@pytest.mark.parametrize("every", [None, 0.1, 0.7, 3.0])
def test_no_five_minutes_take_a_tenth_of_the_rate_limit(scene: Scene, every: float | None) -> None:
    scene.fakes.hub.tells_events = every is not None
    if every is None:  # a Hub that tells nothing, and an app that says something all the time
        scene.logs.show = lambda: True
    clock, looks = scene.fakes.clock, [0.0]
    for number in range(1, int(400 / every) if every else 1):
        scene.change(number * every)
    start = clock.now()
    while looks[-1] < 400:
        scene.pace.rest(looks[-1], LATE)
        looks.append(clock.now() - start)
    busiest = max(sum(look <= each < look + 300 for each in looks) for look in looks)
    assert 20 < busiest < 1000 / 10


@pytest.mark.parametrize("elapsed", [0.0, LATE])
def test_neither_news_nor_haste_breaks_the_rate_limit(scene: Scene, elapsed: float) -> None:
    scene.fakes.hub.spacing = 20.0
    scene.change(1.0)
    assert scene.rest(elapsed) == 20.0
