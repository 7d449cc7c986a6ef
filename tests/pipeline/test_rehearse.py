"""``mode: rehearse``, and ``rehearse: true`` before a deploy: what is asked, judged and told."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from deployer.errors import Exit, Notice, Problem, Refused
from deployer.model import Answer, Built, Means, Status
from deployer.release.standing import ELSEWHERE
from deployer.report import Report
from tests.fakes.hub import HEALTHY, says
from tests.fakes.rehearsals import URL, FakeRehearsals
from tests.pipeline.scene import CANARIES, SICK, SPACE, Scene

VENV = Means(name="a virtual environment", docker=False, notice=Notice(message="No Docker here."))
CRASH = ("Traceback", "ModuleNotFoundError: No module named 'yaml'")


@pytest.fixture
def stage(scene: Scene) -> FakeRehearsals:
    return scene.fakes.rehearsals


def rehearse(scene: Scene, **inputs: str) -> Report:
    return scene.run(mode="rehearse", token="", **inputs)


def failed(report: Report, code: Exit, *texts: str) -> None:
    assert (report.status, report.exit) == (Status.FAILED, code), report.problems
    assert len(report.problems) == 1
    assert [text for text in texts if text not in str(report.problems[0])] == []


# --- green ---------------------------------------------------------------------------------------


def test_a_healthy_bundle_is_rehearsed_and_taken_away(scene: Scene, stage: FakeRehearsals) -> None:
    report = rehearse(scene)
    assert (report.status, report.exit) == (Status.REHEARSED, Exit.DONE), report.problems
    assert (stage.began, stage.open) == (1, 0)
    assert scene.outputs["status"] == "rehearsed"
    assert scene.outputs["changed"] == "false"


def test_nothing_is_asked_of_the_hub_even_with_a_token(scene: Scene) -> None:
    assert scene.run(mode="rehearse").status is Status.REHEARSED
    assert scene.fakes.hub.calls == []
    assert scene.fakes.hub.made == {}


def test_what_would_be_pushed_is_what_is_built(scene: Scene, stage: FakeRehearsals) -> None:
    rehearse(scene, secrets="GEMINI_API_KEY")
    rehearsed = {file.path: file.digest for file in stage.files}
    scene.run(secrets="GEMINI_API_KEY")
    space = scene.fakes.hub.made[str(SPACE)]
    assert {path for path in space.files if path != ".gitattributes"} == set(rehearsed)
    assert rehearsed["Dockerfile"].size == len(space.files["Dockerfile"])


def test_the_app_is_given_exactly_what_is_named_and_the_frontend_s_origins(
    scene: Scene, stage: FakeRehearsals
) -> None:
    (scene.root / "backend/app/main.py").write_text(
        "import os\nfrom fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware"
        "\napp = FastAPI()\norigins = os.environ.get('ALLOWED_ORIGINS', '').split(',')\n"
        "app.add_middleware(CORSMiddleware, allow_origins=origins)\n"
    )
    rehearse(
        scene,
        secrets="GEMINI_API_KEY",
        variables="COLLECTION=book",
        frontend_url="https://site.example.com",
    )
    assert stage.given == {
        "GEMINI_API_KEY": CANARIES["GEMINI_API_KEY"],
        "COLLECTION": "book",
        "ALLOWED_ORIGINS": "https://site.example.com",
    }


def test_the_summary_and_the_receipt_tell_size_times_and_cors(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.app = lambda seconds: says(HEALTHY)(seconds) if seconds >= 3 else Answer(status=0)
    scene.fakes.probe.allowed.add("https://site.example.com")
    rehearse(scene, frontend_url="https://site.example.com", secrets="GEMINI_API_KEY")
    summary = scene.fakes.journal.summary_text
    assert "sent" not in summary
    assert "| Image | 117.3 MiB |" in summary
    assert "| First healthy answer | 3.0 s after the start |" in summary
    assert "| A browser on the frontend's origins | let in |" in summary
    receipt = json.loads(scene.fakes.journal.documents[scene.outputs["receipt"]])
    assert receipt["rehearsal"]["startSeconds"] == 3.0
    assert receipt["rehearsal"]["cors"] == "let in"
    assert receipt["files"] == {"added": 0, "changed": 0, "removed": 0, "kept": 0}


def test_a_browser_that_is_blocked_is_warned_of_and_stays_green(scene: Scene) -> None:
    report = rehearse(scene, frontend_url="https://site.example.com")
    assert report.status is Status.REHEARSED
    assert any("blocked by CORS" in note.message and note.warning for note in report.notices)


def test_without_docker_the_log_says_so_plainly(scene: Scene, stage: FakeRehearsals) -> None:
    stage.means = VENV
    rehearse(scene)
    assert VENV.notice in scene.fakes.console.notices
    assert "Rehearsing with a virtual environment." in scene.fakes.console.lines
    assert "| Packages and files |" in scene.fakes.journal.summary_text


def test_what_a_build_did_otherwise_is_told(scene: Scene, stage: FakeRehearsals) -> None:
    stage.built = replace(stage.built, notices=(Notice(message="Python 3.12 instead."),))
    assert Notice(message="Python 3.12 instead.") in rehearse(scene).notices


# --- red -----------------------------------------------------------------------------------------


def test_a_build_that_fails_is_red_with_the_cause(scene: Scene, stage: FakeRehearsals) -> None:
    stage.built = Built(error="pip install ended with exit code 1")
    stage.build_log = ("ERROR: No matching distribution found for fastapy==1",)
    failed(rehearse(scene), Exit.BUILD, "does not build", "pip finds no package for `fastapy==1`")
    assert stage.open == 0
    assert "fastapy==1" in scene.fakes.journal.summary_text


def test_an_app_that_ends_is_red_with_the_cause(scene: Scene, stage: FakeRehearsals) -> None:
    stage.ends, stage.says = 1, CRASH
    failed(rehearse(scene), Exit.BUILD, "does not start", "exit code: 1", "module `yaml`")
    assert stage.open == 0


def test_an_app_that_ends_without_a_word_is_told_that_nothing_serves(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.ends = 0
    failed(rehearse(scene), Exit.BUILD, "nothing serves")


def test_an_app_that_is_killed_for_its_memory_is_told_so(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.ends = 137
    failed(rehearse(scene), Exit.BUILD, "Out of memory")


def test_an_app_on_another_port_is_given_up_early(scene: Scene, stage: FakeRehearsals) -> None:
    stage.app, stage.says = None, ("INFO: Uvicorn running on http://0.0.0.0:8000",)
    failed(rehearse(scene), Exit.BUILD, "port 7860", "listens on port 8000")
    assert scene.fakes.clock.now() < ELSEWHERE * 3


def test_an_app_that_never_answers_is_given_up_after_its_time(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.app = None
    failed(rehearse(scene, health_timeout="90"), Exit.BUILD, "nothing answered on port 7860")
    assert 90 <= scene.fakes.clock.now() < 100


@pytest.mark.parametrize("error", ["no answer (ReadTimeout)", "no answer within 20 s"])
def test_an_app_that_takes_connections_and_never_answers_runs_and_is_not_healthy(
    scene: Scene, stage: FakeRehearsals, error: str
) -> None:
    stage.app = lambda seconds: Answer(status=0, error=error)
    failed(
        rehearse(scene, health_timeout="90"), Exit.HEALTH, error, "never answers its health path"
    )


def test_an_unhealthy_service_is_named(scene: Scene, stage: FakeRehearsals) -> None:
    stage.app = SICK
    failed(rehearse(scene), Exit.HEALTH, "not healthy", "Qdrant", "cloud.qdrant.io")
    assert 120 <= scene.fakes.clock.now() < 140


def test_an_app_that_is_only_starting_is_waited_for(scene: Scene, stage: FakeRehearsals) -> None:
    stage.app = lambda seconds: says("{}", 200 if seconds > 300 else 503)(seconds)
    assert rehearse(scene).status is Status.REHEARSED


def test_a_machine_that_can_t_rehearse_says_so(scene: Scene, stage: FakeRehearsals) -> None:
    stage.refuses = Refused([Problem(exit=Exit.CONFIGURATION, message="Not on Windows.")])
    failed(rehearse(scene), Exit.CONFIGURATION, "Not on Windows.")


def test_a_bundle_that_a_deploy_would_refuse_is_never_built(
    scene: Scene, stage: FakeRehearsals
) -> None:
    (scene.root / "backend/app/main.py").write_text("app = 1\n")
    assert rehearse(scene).exit in (Exit.CONFIGURATION, Exit.BUNDLE)
    assert stage.began == 0


def test_secrets_in_the_app_s_log_are_hidden(scene: Scene, stage: FakeRehearsals) -> None:
    stage.ends, stage.says = 1, tuple(CANARIES.values())
    rehearse(scene, secrets="\n".join(CANARIES))
    shown = "\n".join([*scene.fakes.console.lines, scene.fakes.journal.summary_text])
    assert [name for name, value in CANARIES.items() if value in shown] == []


# --- forks ---------------------------------------------------------------------------------------


def test_a_fork_s_run_goes_on_without_its_secrets_and_says_so_when_it_fails(
    scene: Scene, stage: FakeRehearsals
) -> None:
    scene.context = replace(scene.context, event="pull_request", from_fork=True)
    scene.environment.clear()
    assert rehearse(scene, secrets="GEMINI_API_KEY").status is Status.REHEARSED
    stage.ends = 1
    failed(rehearse(scene, secrets="GEMINI_API_KEY"), Exit.BUILD, "without `GEMINI_API_KEY`")


def test_elsewhere_a_secret_without_a_value_is_refused(scene: Scene) -> None:
    scene.environment.clear()
    failed(rehearse(scene, secrets="GEMINI_API_KEY"), Exit.CONFIGURATION, "GEMINI_API_KEY")


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_a_fork_s_code_never_runs_where_the_secrets_are(
    scene: Scene, stage: FakeRehearsals, event: str
) -> None:
    scene.context = replace(scene.context, event=event, from_fork=True)
    failed(rehearse(scene), Exit.CONFIGURATION, "no fork's code", "`pull_request`")
    assert stage.began == 0


# --- before a deploy -----------------------------------------------------------------------------


def test_before_a_deploy_the_bundle_is_rehearsed_once(scene: Scene, stage: FakeRehearsals) -> None:
    report = scene.run(rehearse="true")
    assert (report.status, report.exit) == (Status.HEALTHY, Exit.DONE), report.problems
    assert (stage.began, stage.open) == (1, 0)
    assert "### On the runner" in scene.fakes.journal.summary_text


def test_without_the_input_nothing_is_rehearsed(scene: Scene, stage: FakeRehearsals) -> None:
    scene.run()
    assert stage.began == 0


Broken = Callable[[FakeRehearsals], None]


def crashes(stage: FakeRehearsals) -> None:
    stage.ends, stage.says = 1, CRASH


def is_sick(stage: FakeRehearsals) -> None:
    stage.app = SICK


@pytest.mark.parametrize(("broken", "code"), [(crashes, Exit.BUILD), (is_sick, Exit.HEALTH)])
def test_a_bundle_that_fails_here_never_reaches_the_space(
    deployed: Scene, broken: Broken, code: Exit
) -> None:
    before = dict(deployed.space.files)
    deployed.change_code()
    broken(deployed.fakes.rehearsals)
    report = deployed.again(rehearse="true", secrets="GEMINI_API_KEY", variables="COLLECTION=other")
    failed(report, code)
    assert report.serving.startswith("Nothing was written")
    assert deployed.space.counters.writes == 0
    assert deployed.space.files == before
    assert "was not deployed" in deployed.fakes.journal.summary_text


def test_where_nothing_would_change_nothing_is_rehearsed(deployed: Scene) -> None:
    began = deployed.fakes.rehearsals.began
    report = deployed.again(rehearse="true", secrets="GEMINI_API_KEY", variables="COLLECTION=book")
    assert report.status is Status.UNCHANGED
    assert deployed.fakes.rehearsals.began == began


def test_what_was_set_by_hand_is_given_as_far_as_its_value_is_known(deployed: Scene) -> None:
    deployed.space.variables["BY_HAND"] = ("x", "")
    deployed.change_code()
    report = deployed.again(rehearse="true", variables="COLLECTION=book")
    assert report.exit is Exit.DONE, report.problems
    assert deployed.fakes.rehearsals.given == {"COLLECTION": "book", "BY_HAND": "x"}
    assert any("without `GEMINI_API_KEY`" in note.message for note in report.notices)


def test_what_is_about_to_be_pruned_is_not_given(deployed: Scene) -> None:
    deployed.again(rehearse="true", variables="OTHER=1", prune="true")
    assert deployed.fakes.rehearsals.given == {"OTHER": "1"}


def test_the_app_s_log_of_our_own_questions_is_left_out(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.says = ('INFO: 127.0.0.1 - "GET /api/health HTTP/1.1" 200 OK', "INFO: ready")
    rehearse(scene)
    assert "| INFO: ready" in scene.fakes.console.lines
    assert "GET /api/health" not in scene.fakes.console.text


def test_the_app_is_asked_by_the_space_s_name_from_https(scene: Scene) -> None:
    rehearse(scene)
    asked = scene.fakes.probe.headers[-1]
    assert asked["Host"] == "tester-rag.hf.space"
    assert asked["X-Forwarded-Proto"] == "https"
    assert URL not in asked.values()


def test_a_run_that_is_stopped_while_it_tidies_up_leaves_nothing(
    scene: Scene, stage: FakeRehearsals
) -> None:
    stage.stops = True
    with pytest.raises(KeyboardInterrupt):
        rehearse(scene)
    assert (stage.began, stage.open) == (1, 0)
    last = scene.fakes.console.lines[-1]
    assert last == "A rehearsal writes nothing: the Space is as it was."
