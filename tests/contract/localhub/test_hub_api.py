"""What ``huggingface_hub`` relies on beyond publishing: settings, revisions, refusals, faults."""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import parse_ratelimit_headers

from localhub.testing import RunningHub, running
from tests.contract.localhub.test_hub_lifecycle import commit

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


def status_of(error: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return error.value.response.status_code


def test_a_secret_tells_everything_but_its_value(api: HfApi, hub: RunningHub, space: str) -> None:
    api.add_space_secret(space, "KEY", "the-value", description="what it is for")
    found = api.get_space_secrets(space)["KEY"]
    assert (found.description, found.updated_at is not None) == ("what it is for", True)
    credentials = {"Authorization": f"Bearer {hub.token}"}
    assert "the-value" not in hub.get(f"{hub.url}/api/spaces/{space}/secrets", credentials)[1]
    assert "the-value" not in str(hub.call("GET", "/api/local/requests"))
    assert "the-value" not in hub.get(f"{hub.url}/spaces/{space}")[1]


def test_a_variable_can_be_read_changed_and_deleted(api: HfApi, space: str) -> None:
    api.add_space_variable(space, "LEVEL", "INFO")
    assert api.add_space_variable(space, "LEVEL", "DEBUG")["LEVEL"].value == "DEBUG"
    assert api.delete_space_variable(space, "LEVEL") == {}


def test_deleting_a_secret_that_is_not_there_is_no_error(api: HfApi, space: str) -> None:
    api.delete_space_secret(space, "MISSING")


def test_a_name_that_no_environment_takes_is_refused(api: HfApi, space: str) -> None:
    with pytest.raises(HfHubHTTPError, match="Invalid key") as error:
        api.add_space_secret(space, "NOT-A-NAME", "x")
    assert status_of(error) == 400


def test_a_space_is_created_with_its_whole_configuration(
    api: HfApi, hub: RunningHub, name: str
) -> None:
    api.create_repo(
        name,
        repo_type="space",
        space_sdk="docker",
        visibility="protected",
        space_hardware="cpu-upgrade",
        space_sleep_time=3600,
        space_secrets=[{"key": "KEY", "value": "x", "description": "mark"}],
        space_variables=[{"key": "LEVEL", "value": "INFO"}],
    )
    runtime = api.get_space_runtime(name)
    assert (runtime.requested_hardware, runtime.sleep_time) == ("cpu-upgrade", 3600)
    assert api.get_space_secrets(name)["KEY"].description == "mark"
    assert api.get_space_variables(name)["LEVEL"].value == "INFO"
    assert hub.stats(name)["restarts"] == 0


def test_creating_an_existing_space_is_fine_when_asked_for(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    url = api.create_repo(space, repo_type="space", space_sdk="docker", exist_ok=True)
    assert (str(url), url.repo_id) == (f"{hub.url}/spaces/{space}", space)


def test_a_space_cannot_be_created_for_somebody_else(hub: RunningHub) -> None:
    stranger = HfApi(endpoint=hub.url, token=hub.stranger_token)
    with pytest.raises(HfHubHTTPError, match="don't have the rights") as error:
        stranger.create_repo("tester/theirs", repo_type="space", space_sdk="docker")
    assert status_of(error) == 403


def test_an_outdated_parent_is_refused_and_nothing_is_committed(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    outdated = api.space_info(space).sha
    commit(api, space, {"a.txt": b"1"})
    with pytest.raises(HfHubHTTPError, match="A commit has happened since") as error:
        api.create_commit(
            space,
            [CommitOperationAdd("a.txt", b"2")],
            commit_message="late",
            parent_commit=outdated,
            repo_type="space",
        )
    assert status_of(error) == 412
    assert hub.stats(space)["commits"] == 1


def test_files_that_did_not_change_are_not_sent_again(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    files = {"a.txt": b"1", "b.bin": b"\0" * 99}
    first = commit(api, space, files)
    assert commit(api, space, files) == first
    assert hub.stats(space)["commits"] == 1


def test_a_large_file_that_nothing_names_is_added_to_gitattributes(
    api: HfApi, space: str, tmp_path: Path
) -> None:
    commit(api, space, {"picture.png": b"\0" * 99, "model.bin": b"\0" * 99})
    path = api.hf_hub_download(space, ".gitattributes", repo_type="space", cache_dir=tmp_path)
    rules = Path(path).read_text().splitlines()
    assert rules[-1] == "picture.png filter=lfs diff=lfs merge=lfs -text"
    assert not any(rule.startswith("model.bin") for rule in rules)


def test_what_gitignore_names_is_reported_as_ignored(api: HfApi, space: str) -> None:
    commit(api, space, {".gitignore": b"*.log\n!kept.log\n", "a.log": b"1", "kept.log": b"2"})
    assert set(api.list_repo_files(space, repo_type="space")) >= {"kept.log", ".gitignore"}
    assert "a.log" not in api.list_repo_files(space, repo_type="space")


def test_an_old_tree_can_be_put_back_by_copying(api: HfApi, space: str) -> None:
    old = commit(api, space, {"a.txt": b"1", "b.bin": b"\0one"})
    commit(api, space, {"a.txt": b"2", "b.bin": b"\0two"})
    copies = [CommitOperationCopy(p, p, src_revision=old) for p in ("a.txt", "b.bin")]
    new = api.create_commit(space, copies, commit_message="back", repo_type="space").oid
    trees = [
        {
            entry.path: entry.blob_id
            for entry in api.list_repo_tree(space, revision=revision, repo_type="space")
        }
        for revision in (old, new)
    ]
    assert trees[0] == trees[1]


def test_a_commit_keeps_its_message_author_and_order(api: HfApi, space: str) -> None:
    api.create_commit(
        space,
        [CommitOperationAdd("a.txt", b"1")],
        commit_message="Deploy",
        commit_description="from somewhere",
        repo_type="space",
    )
    newest, first = api.list_repo_commits(space, repo_type="space")
    assert (newest.title, newest.message.strip()) == ("Deploy", "from somewhere")
    assert (newest.authors, first.title) == (["tester"], "initial commit")


def test_more_files_than_fit_on_a_page_are_all_listed(api: HfApi, space: str) -> None:
    files = {f"many/{number:04}.txt": b"%d" % number for number in range(1200)}
    commit(api, space, files)
    assert set(api.list_repo_files(space, repo_type="space")) >= files.keys()


def test_a_revision_that_does_not_exist_says_so(api: HfApi, space: str) -> None:
    with pytest.raises(RevisionNotFoundError):
        api.space_info(space, revision="nowhere")


def test_a_file_that_does_not_exist_says_so(api: HfApi, space: str, tmp_path: Path) -> None:
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download(space, "nothing.txt", repo_type="space", cache_dir=tmp_path)


def test_a_space_that_does_not_exist_says_so(api: HfApi) -> None:
    with pytest.raises(RepositoryNotFoundError):
        api.space_info("tester/nowhere")


def test_write_access_can_be_asked_for(api: HfApi, hub: RunningHub, space: str) -> None:
    api.auth_check(space, repo_type="space", write=True)
    reader = HfApi(endpoint=hub.url, token=hub.read_token)
    reader.auth_check(space, repo_type="space")
    with pytest.raises(HfHubHTTPError) as error:
        reader.auth_check(space, repo_type="space", write=True)
    assert status_of(error) == 403


def test_a_token_for_one_space_writes_to_no_other(api: HfApi) -> None:
    with running("--token", "scoped:hf_scoped:write=scoped/only") as own:
        scoped = HfApi(endpoint=own.url, token="hf_scoped")
        scoped.create_repo("scoped/only", repo_type="space", space_sdk="docker")
        with pytest.raises(HfHubHTTPError) as error:
            scoped.create_repo("scoped/other", repo_type="space", space_sdk="docker")
    assert status_of(error) == 403


def test_an_organization_s_space_belongs_to_its_members() -> None:
    with running("--org", "acme:tester") as own:
        member = HfApi(endpoint=own.url, token=own.token)
        member.create_repo("acme/app", repo_type="space", space_sdk="docker")
        assert member.whoami()["orgs"][0]["name"] == "acme"
        stranger = HfApi(endpoint=own.url, token=own.stranger_token)
        with pytest.raises(HfHubHTTPError) as error:
            stranger.auth_check("acme/app", repo_type="space", write=True)
    assert status_of(error) == 403


def test_every_answer_tells_how_much_of_the_quota_is_left(api: HfApi, hub: RunningHub) -> None:
    with running("--rate-limit", "3") as own:
        limited = HfApi(endpoint=own.url, token=own.token)
        for _ in range(3):
            limited.whoami()
        with pytest.raises(HfHubHTTPError) as error:
            limited.whoami()
    assert status_of(error) == 429
    left = parse_ratelimit_headers(error.value.response.headers)
    assert left is not None
    assert (left.remaining, left.limit) == (0, 3)


def test_the_runtime_has_the_recorded_shape(api: HfApi, space: str) -> None:
    # huggingface_hub, tests/cassettes/TestSpaceAPIProduction.test_space_runtime.yaml
    recorded = {"stage", "hardware", "storage", "gcTimeout", "replicas", "devMode", "domains"}
    raw = api.get_space_runtime(space).raw
    assert raw.keys() == recorded
    assert raw["hardware"] == {"current": None, "requested": "cpu-basic"}
    assert raw["domains"][0].keys() == {"domain", "stage"}
    assert raw["domains"][0]["stage"] == "READY"


def test_a_fault_strikes_as_often_as_it_should(api: HfApi, hub: RunningHub, space: str) -> None:
    hub.fault(method="GET", path="/runtime$", times=1, status=502, body="<html>Bad gateway</html>")
    with pytest.raises(HfHubHTTPError) as error:
        api.get_space_runtime(space)
    assert status_of(error) == 502
    assert api.get_space_runtime(space).stage == "NO_APP_FILE"


@pytest.mark.parametrize("effect", ["reset", "reset-after", "truncate"])
def test_a_connection_can_break(api: HfApi, hub: RunningHub, space: str, effect: str) -> None:
    hub.fault(method="POST", path="/variables$", effect=effect)
    with pytest.raises(httpx2.RequestError):
        api.add_space_variable(space, "LEVEL", "INFO")
    assert ("LEVEL" in api.get_space_variables(space)) == (effect != "reset")


def test_an_answer_can_be_late(api: HfApi, hub: RunningHub, space: str) -> None:
    hub.fault(path="/runtime$", delay=0.5, status=0)
    started = time.monotonic()
    api.get_space_runtime(space)
    assert time.monotonic() - started >= 0.5


def test_every_request_is_in_the_journal(api: HfApi, hub: RunningHub, space: str) -> None:
    hub.forget_requests()
    api.get_space_runtime(space)
    (entry,) = hub.requests()
    assert (entry["method"], entry["path"]) == ("GET", f"/api/spaces/{space}/runtime")
    assert (entry["status"], entry["space"]) == (200, space)
