"""``mode: rollback``: an earlier revision comes back in one commit and is proved healthy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import Status
from deployer.release import trailer
from deployer.report import Report
from tests.fakes.hub import Behaviour
from tests.fakes.world import make_world
from tests.pipeline.scene import NOT_BUILT, SICK, SPACE, V2_SICK, Scene

SAME = {"secrets": "GEMINI_API_KEY", "variables": "COLLECTION=book"}


@pytest.fixture
def twice(deployed: Scene) -> Scene:
    """v1 and then v2 were deployed, both healthy."""
    deployed.change_code()
    assert deployed.again(**SAME).status is Status.HEALTHY
    return deployed


def back(scene: Scene, **inputs: str) -> Report:
    return scene.again(mode="rollback", **inputs)


def test_the_last_healthy_revision_comes_back_in_one_commit_and_is_proved(twice: Scene) -> None:
    v1, v2 = twice.space.commits[-2], twice.space.commits[-1]
    report = back(twice)
    assert (report.status, report.exit) == (Status.ROLLED_BACK, Exit.DONE), report.problems
    assert twice.space.files == v1.files
    assert twice.space.commits[-2] is v2
    assert twice.space.serving == report.revision == twice.space.head
    assert (report.previous_revision, report.changed) == (v2.revision, True)
    assert twice.outputs["status"] == "rolled-back"
    assert v1.revision[:10] in twice.fakes.journal.summary_text
    newest = twice.fakes.hub.space_repo.history(SPACE)[0]
    assert trailer.last_healthy([newest]) == v1.revision


def test_a_public_spaces_app_is_not_shown_the_token(twice: Scene) -> None:
    twice.fakes.probe.asked.clear()
    back(twice)
    assert {token for _, _, token in twice.fakes.probe.asked} == {None}


def test_a_second_rollback_finds_nothing_to_do(twice: Scene) -> None:
    back(twice)
    report = back(twice)
    assert (report.status, report.exit, report.changed) == (Status.ROLLED_BACK, Exit.DONE, False)
    assert twice.space.counters.writes == 0


def test_after_a_rollback_the_next_deploy_goes_forward_and_may_come_back(twice: Scene) -> None:
    v1 = twice.space.commits[-2].files
    back(twice)
    assert twice.again(**SAME).status is Status.HEALTHY
    assert twice.space.files != v1
    back(twice)
    assert twice.space.files == v1


def test_a_given_revision_comes_back_by_its_first_digits(twice: Scene) -> None:
    twice.change_code("# third\n")
    twice.again(**SAME)
    first = twice.space.commits[1]
    report = back(twice, revision=first.revision[:8].upper())
    assert report.exit is Exit.DONE
    assert twice.space.files == first.files


@pytest.mark.parametrize(
    ("digits", "said"), [("0000000", "is no commit"), ("abcdef1", "write more of its digits")]
)
def test_a_revision_that_is_not_one_commit_of_the_space_is_refused(
    twice: Scene, digits: str, said: str
) -> None:
    for number in (1, 2):
        made = replace(twice.space.commits[-1], revision=f"abcdef1{number:033d}")
        twice.space.commits.insert(1, made)
    report = back(twice, revision=digits)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert said in report.problems[0].message
    assert twice.space.counters.writes == 0


def test_with_nothing_to_go_back_to_it_is_refused(deployed: Scene) -> None:
    report = back(deployed)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert "`revision`" in report.problems[0].hint
    assert deployed.space.counters.writes == 0


def test_an_unhealthy_head_goes_back_to_what_it_remembers(deployed: Scene) -> None:
    v1 = dict(deployed.space.files)
    deployed.change_code()
    deployed.fakes.hub.next.append(V2_SICK)
    deployed.again(rollback="false", **SAME)
    assert back(deployed).exit is Exit.DONE
    assert deployed.space.files == v1


@pytest.mark.parametrize(
    ("old", "code"), [(Behaviour(app=SICK), Exit.HEALTH), (NOT_BUILT, Exit.BUILD)]
)
def test_what_comes_back_and_is_not_healthy_is_red_and_left_so(
    twice: Scene, old: Behaviour, code: Exit
) -> None:
    twice.fakes.hub.next.append(old)
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert "not healthy" in report.serving
    assert twice.space.counters.commits == 3


def test_a_rollback_that_finds_its_files_there_and_ill_restarts_them_once(twice: Scene) -> None:
    back(twice)
    hub = twice.fakes.hub
    for tree in hub.known:
        hub.known[tree] = V2_SICK
    hub.after_restart.append(Behaviour())
    assert back(twice).exit is Exit.DONE
    assert twice.space.counters.restarts == 1


def test_a_commit_that_came_in_between_stands(twice: Scene) -> None:
    twice.fakes.hub.fail("commit", 412)
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)


def test_a_commit_that_came_since_the_space_was_looked_at_stands(twice: Scene) -> None:
    now, hub = twice.fakes.hub.space_runtime.now, twice.fakes.hub

    def late(space: Any) -> Any:
        hub.record(twice.space, {"app.py": b"theirs"}, "Theirs")
        return now(space)

    hub.space_runtime.now = late  # type: ignore[method-assign]
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert twice.space.files == {"app.py": b"theirs"}


def test_a_newer_commit_during_the_wait_ends_the_run(twice: Scene) -> None:
    twice.fakes.hub.later(8.0, lambda: str(twice.fakes.hub.push(twice.space, {"a": b"theirs"})))
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert twice.space.files == {"a": b"theirs"}


def test_no_backend_is_needed_and_the_health_path_is_the_one_of_then(
    scene: Scene, tmp_path: Path
) -> None:
    scene.run(health_path="/docs")
    scene.change_code()
    scene.again(health_path="/docs")
    empty = make_world(tmp_path / "empty")
    scene.fakes = replace(scene.fakes, world=replace(scene.fakes.world, files=empty.world.files))
    report = scene.run(mode="rollback")
    assert report.exit is Exit.DONE, report.problems
    assert report.urls.health.endswith("/docs")
    assert scene.run(mode="rollback", health_path="/openapi.json").urls.health.endswith(".json")


def test_the_health_path_of_an_older_deploy_is_read_from_its_dockerfile(twice: Scene) -> None:
    first = twice.space.commits[1]
    files = {path: text for path, text in first.files.items() if not path.startswith(".hf-space")}
    old = b'HEALTHCHECK CMD ["sh", "-c", "curl -f http://localhost:7860/live || exit 1"]\n'
    twice.space.commits[1] = replace(first, files={**files, "Dockerfile": old})
    assert back(twice).urls.health.endswith(".test/live")


@pytest.mark.parametrize(
    ("token", "inputs", "code", "named"),
    [
        ("", {}, Exit.CONFIGURATION, "token"),
        ("tester:read", {}, Exit.HUB, "write"),
        ("tester:write", {"space": "tester/none"}, Exit.HUB, "does not exist"),
    ],
)
def test_what_is_missing_is_refused_before_anything_is_written(
    twice: Scene, token: str, inputs: dict[str, str], code: Exit, named: str
) -> None:
    twice.space.counters.writes = 0
    twice.fakes.hub.token = token or "nobody:read"
    report = twice.run(mode="rollback", token=token, **inputs)
    assert (report.status, report.exit) == (Status.FAILED, code)
    assert named in str(report.problems[0])
    assert twice.fakes.hub.made[str(SPACE)].counters.writes == 0


def test_a_token_that_may_only_read_is_refused_even_where_nothing_is_to_be_written(
    twice: Scene,
) -> None:
    back(twice)
    twice.fakes.hub.token = "tester:read"
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)


def test_a_space_of_another_kind_is_left_alone(twice: Scene) -> None:
    twice.space.sdk = "gradio"
    report = back(twice)
    assert (report.status, report.exit) == (Status.FAILED, Exit.HUB)
    assert "`gradio`" in report.problems[0].message
    assert twice.space.counters.writes == 0
