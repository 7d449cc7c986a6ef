"""The follow-up as a pull request: one, kept up to date, closed when nothing is left to change."""

from __future__ import annotations

from msgspec.structs import replace

from deployer.errors import Exit
from deployer.model import FrontendState
from deployer.report import Report
from tests.pipeline.scene import CLIENT_PATH, Scene

BRANCH = "hf-space-deploy/tester-rag"
PROPOSE = {"frontend_commit": "pull-request"}


def done(report: Report) -> Report:
    assert report.exit is Exit.DONE, report.problems
    return report


def proposed(scene: Scene) -> bytes:
    """The client on the pull request's branch."""
    return scene.repo.read(CLIENT_PATH, scene.repo.head(BRANCH)) or b""


def merge(scene: Scene) -> None:
    scene.repo.push_by_somebody(CLIENT_PATH, proposed(scene))


def test_the_change_waits_in_a_pull_request_and_the_branch_stays_as_it_was(scene: Scene) -> None:
    before = scene.repo.head("main")
    done(scene.run(**PROPOSE))
    pull = scene.fakes.pulls.open[BRANCH]
    assert scene.outputs["pull-request"] == pull.url
    assert scene.fakes.pulls.bases[BRANCH] == "main"
    assert scene.repo.head("main") == before
    assert scene.space.host.encode() in proposed(scene)
    assert scene.space.host in pull.body


def test_a_second_deploy_makes_neither_a_second_pull_request_nor_a_commit(scene: Scene) -> None:
    done(scene.run(**PROPOSE))
    head, pull = scene.repo.head(BRANCH), scene.fakes.pulls.open[BRANCH]
    done(scene.again(**PROPOSE))
    assert scene.repo.head(BRANCH) == head
    assert scene.fakes.pulls.open == {BRANCH: pull}
    assert scene.outputs["pull-request"] == pull.url


def test_what_a_person_added_to_the_pull_request_is_kept(scene: Scene) -> None:
    done(scene.run(**PROPOSE))
    scene.repo.push_by_somebody("note.md", b"please", BRANCH)
    done(scene.again(**PROPOSE))
    assert scene.repo.read("note.md", scene.repo.head(BRANCH)) == b"please"


def test_after_the_merge_nothing_is_left_to_propose(scene: Scene) -> None:
    done(scene.run(**PROPOSE))
    merge(scene)
    report = done(scene.again(**PROPOSE))
    assert report.frontend.state is FrontendState.CURRENT
    assert scene.fakes.pulls.open == {}
    ((_, comment),) = scene.fakes.pulls.closed
    assert "nothing is left to change" in comment
    assert scene.repo.find(BRANCH) is None


def test_a_branch_that_a_merge_left_behind_begins_anew(scene: Scene) -> None:
    scene.repo.place(BRANCH, scene.repo.head("main"))
    scene.repo.push_by_somebody("old.md", b"old", BRANCH)
    done(scene.run(**PROPOSE))
    assert scene.repo.read("old.md", scene.repo.head(BRANCH)) is None
    assert scene.space.host.encode() in proposed(scene)


def test_a_protected_branch_gets_a_pull_request_instead(scene: Scene) -> None:
    scene.repo.protected.add("main")
    done(scene.run())
    assert scene.outputs["pull-request"] == scene.fakes.pulls.open[BRANCH].url
    assert "A pull request is opened instead" in scene.everything_shown()


def test_without_the_permission_the_run_ends_with_the_setting_to_make(scene: Scene) -> None:
    scene.repo.protected.add("main")
    scene.fakes.pulls.allowed = False
    report = scene.run()
    assert report.exit is Exit.FRONTEND
    assert scene.outputs["status"] == "healthy"
    assert "pull-requests: write" in str(report.problems[0])


def test_a_race_on_the_pull_request_s_branch_is_redone(scene: Scene) -> None:
    done(scene.run(**PROPOSE))
    scene.fakes.pulls.open.clear()
    scene.repo.place(BRANCH, scene.repo.head("main"))
    raced: list[str] = []

    def somebody(_repo: object) -> None:
        if not raced:
            raced.append(scene.repo.push_by_somebody("note.md", b"x", BRANCH))

    scene.repo.before_commit = somebody
    done(scene.again(**PROPOSE))
    assert raced
    assert scene.space.host.encode() in proposed(scene)


def test_plan_opens_nothing(scene: Scene) -> None:
    done(scene.run(mode="plan", **PROPOSE))
    assert scene.fakes.pulls.open == {}
    assert scene.repo.find(BRANCH) is None


def on_a_tag(scene: Scene) -> None:
    scene.context = replace(scene.context, branch=None, tag="v1.2", default_branch="main")


def test_a_release_s_change_waits_in_a_pull_request_into_the_default_branch(scene: Scene) -> None:
    on_a_tag(scene)
    done(scene.run(**PROPOSE))
    assert scene.fakes.pulls.bases[BRANCH] == "main"
    assert scene.space.host.encode() in proposed(scene)


def test_a_release_commits_nothing_unasked_and_says_how_to_get_a_pull_request(
    scene: Scene,
) -> None:
    on_a_tag(scene)
    report = done(scene.run())
    assert len(scene.repo.log()) == 1
    (notice,) = [each for each in report.notices if "not pushed" in each.message]
    assert "`v1.2`" in notice.message
    assert "frontend-commit: pull-request" in notice.hint


def test_a_commit_message_tells_no_key(scene: Scene) -> None:
    key = "hf_" + "aB3dE6gH9" * 4
    done(scene.run(**PROPOSE, commit_message=f"Deploy with {key}"))
    assert key not in str(vars(scene.repo))
    assert "Deploy with ***" in str(vars(scene.repo))


def test_the_space_s_commit_message_tells_no_key(scene: Scene) -> None:
    key = "hf_" + "aB3dE6gH9" * 4
    scene.context = replace(scene.context, repository=f"tester/{key}", sha="a" * 40)
    done(scene.run(**PROPOSE))
    assert scene.space.commits[-1].message.startswith("Deploy tester/***")
