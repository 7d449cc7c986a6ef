"""What comes back after a red release is guarded, remembered, and only what there was."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Status
from deployer.release import trailer
from deployer.release.difference import MANIFEST
from tests.fakes.hub import Behaviour
from tests.pipeline.scene import NOT_BUILT, SICK, V2_SICK, Scene

SAME = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book"}


def test_a_commit_that_comes_just_before_the_rollback_stands(deployed: Scene) -> None:
    """It is guarded by the commit that was judged, and by none that nobody has looked at."""
    hub, first = deployed.fakes.hub, deployed.space.head
    read = hub.space_repo.read

    def after_theirs(space: Any, path: str, revision: str) -> bytes | None:
        if (path, revision) == (MANIFEST, first):  # asked for when the verdict is out
            hub.push(deployed.space, {"app.py": b"theirs"})
        return read(space, path, revision)

    hub.space_repo.read = after_theirs  # type: ignore[method-assign]
    deployed.change_code()
    hub.next.append(V2_SICK)
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HEALTH)
    assert deployed.space.files == {"app.py": b"theirs"}
    assert "could not be put back" in report.serving


def test_the_commit_that_puts_back_remembers_what_was_healthy(deployed: Scene) -> None:
    first = deployed.space.head
    deployed.change_code()
    deployed.fakes.hub.next.append(V2_SICK)
    assert deployed.again(**SAME).status is Status.ROLLED_BACK
    newest = deployed.fakes.hub.space_repo.history(deployed.space.id)[0]
    assert trailer.is_ours(newest)
    assert trailer.last_healthy([newest]) == first


def test_where_nothing_ran_and_nothing_is_remembered_nothing_is_put_back(scene: Scene) -> None:
    fails = replace(NOT_BUILT, stops_old=True)
    scene.fakes.hub.next.append(fails)
    scene.run(**SAME)
    scene.fakes.clock.sleep(600.0)
    scene.change_code()
    scene.fakes.hub.next.append(fails)
    report = scene.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.BUILD)
    assert scene.space.counters.commits == 2
    assert "not running either" in report.serving


def test_an_old_revision_that_the_hub_stays_at_and_that_is_sick_now_is_said_to_be(
    deployed: Scene,
) -> None:
    """Nobody else has committed, although the revision that serves is not the newest one."""
    stays = Behaviour(sticks=True)
    deployed.fakes.hub.next.extend([stays, stays, replace(stays, app=SICK)])
    deployed.change_code()
    report = deployed.again(**SAME)
    assert (report.status, report.exit) == (Status.FAILED, Exit.BUILD)
    assert "but the Space is not healthy" in report.serving


@pytest.mark.parametrize(
    ("commits", "said"), [(2, "nothing was put back yet"), (3, "was put back, and not proved")]
)
def test_a_run_that_is_stopped_says_whether_it_had_put_back(
    deployed: Scene, commits: int, said: str
) -> None:
    hub = deployed.fakes.hub
    now, restore = hub.space_runtime.now, hub.space_repo.restore

    def stopped(space: Any) -> Any:
        if deployed.space.counters.commits == 3:
            raise KeyboardInterrupt
        return now(space)

    def stopped_before(*asked: Any, **given: Any) -> str:
        if commits == 2:
            raise KeyboardInterrupt
        return restore(*asked, **given)

    hub.space_runtime.now = stopped  # type: ignore[method-assign]
    hub.space_repo.restore = stopped_before  # type: ignore[method-assign]
    deployed.change_code()
    hub.next.append(V2_SICK)
    with pytest.raises(KeyboardInterrupt):
        deployed.again(**SAME)
    assert deployed.space.counters.commits == commits
    assert said in deployed.fakes.console.lines[-1]


def test_settings_of_whoever_made_the_space_just_before_are_replaced(scene: Scene) -> None:
    create = scene.fakes.hub.spaces.create

    def after_somebody(*asked: Any, **given: Any) -> Any:
        made = create(*asked, **given)
        scene.space.secrets["GEMINI_API_KEY"] = ("theirs", "")
        return made

    scene.fakes.hub.spaces.create = after_somebody  # type: ignore[method-assign]
    assert scene.run(**SAME).exit is Exit.DONE
    assert scene.space.secrets["GEMINI_API_KEY"][0] == scene.environment["GEMINI_API_KEY"]
