"""The life of a Space: building, serving, failing, sleeping, and who gets to see it."""

from __future__ import annotations

import json
import socket
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

from localhub.testing import RunningHub, running
from tests.contract.localhub.apps import CARD, DOCKERFILE, app
from tests.contract.localhub.conftest import ENVIRONMENTS

SLOW = "time.sleep(2.0)"  # long enough to look at the Hub meanwhile on a busy machine
BROKEN = DOCKERFILE.replace(b"COPY . .", b"COPY . .\nRUN pip install --no-index no-such-thing")


def commit(api: HfApi, space: str, files: dict[str, bytes], *, delete: tuple[str, ...] = ()) -> str:
    operations = [CommitOperationAdd(path, data) for path, data in files.items()]
    gone = [CommitOperationDelete(path) for path in delete]
    info = api.create_commit(
        space, [*operations, *gone], commit_message="a commit", repo_type="space"
    )
    return str(info.oid)


def host(api: HfApi, space: str) -> str:
    return str(api.space_info(space).host)


def is_gone(process: int) -> bool:
    """Whether a process ends within some seconds."""
    limit = time.monotonic() + 8
    while Path(f"/proc/{process}").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    return not Path(f"/proc/{process}").exists()


@pytest.fixture
def first(api: HfApi, hub: RunningHub, space: str) -> str:
    """The revision of a Space that runs and answers ``first``."""
    revision = commit(api, space, app("first"))
    hub.wait(space, "RUNNING")
    return revision


def test_the_old_revision_serves_until_the_new_one_answers(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    second = commit(api, space, app("second", before=SLOW))
    during = hub.wait(space, "RUNNING_APP_STARTING")
    assert (during["sha"], hub.get(host(api, space))) == (first, (200, "first"))
    after = hub.wait(space, "RUNNING")
    assert (after["sha"], hub.get(host(api, space))) == (second, (200, "second"))


def test_right_after_a_commit_the_stage_says_that_it_builds(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    commit(api, space, app("second", before=SLOW))
    assert api.get_space_runtime(space).stage.startswith("RUNNING_")
    assert api.get_space_runtime(space).raw["sha"] == first


def test_a_failed_build_shows_its_output_and_leaves_the_old_revision_serving(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    commit(api, space, {"Dockerfile": BROKEN})
    failed = hub.wait(space, "BUILD_ERROR")
    assert failed["sha"] == first
    assert hub.get(host(api, space)) == (200, "first")
    assert "no-such-thing" in "".join(api.fetch_space_logs(space, build=True))
    assert "exit code: 1" in api.get_space_runtime(space).raw["errorMessage"]


@pytest.mark.parametrize("line", [b"FROM", b'RUN pip install "open', b"COPY missing.txt ."])
def test_a_dockerfile_that_cannot_be_followed_is_a_failed_build(
    api: HfApi, hub: RunningHub, space: str, line: bytes
) -> None:
    commit(api, space, {**app("x"), "Dockerfile": b"FROM python:3.11\n" + line + b"\nCMD x\n"})
    hub.wait(space, "BUILD_ERROR")
    assert "Hub failed" not in api.get_space_runtime(space).raw["errorMessage"]


def test_by_a_quirk_a_failed_build_stops_what_served(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    hub.quirk(stop_on_failure=True)
    commit(api, space, {"Dockerfile": BROKEN})
    hub.wait(space, "BUILD_ERROR")
    assert hub.get(host(api, space))[0] == 503


def test_by_a_quirk_the_runtime_names_no_revision(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    hub.quirk(omit_revision=True)
    assert "sha" not in api.get_space_runtime(space).raw


def test_an_app_that_ends_at_its_start_is_a_runtime_error_with_its_log(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    commit(api, space, app("never", before="sys.exit('no GEMINI_API_KEY')"))
    hub.wait(space, "RUNTIME_ERROR")
    message = api.get_space_runtime(space).raw["errorMessage"]
    assert message.startswith("Exit code: 1.")
    assert "no GEMINI_API_KEY" in message


def test_an_app_that_ends_later_is_a_runtime_error_too(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    hub.get(host(api, space) + "/exit")
    seen = hub.wait(space, "RUNTIME_ERROR")
    assert seen["sha"] is None
    assert api.get_space_runtime(space).raw["errorMessage"].startswith("Exit code: 3.")


def test_a_command_that_does_not_exist_is_a_runtime_error(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    files = {**app("x"), "Dockerfile": DOCKERFILE.replace(b'"python"', b'"nosuchprogram"')}
    commit(api, space, files)
    hub.wait(space, "RUNTIME_ERROR")
    assert api.get_space_runtime(space).raw["errorMessage"].startswith("Exit code: 127.")


def test_an_app_that_only_listens_on_localhost_never_runs(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    impatient = CARD.replace(b"sdk:", b"startup_duration_timeout: 1s\nsdk:")
    commit(api, space, {**app("x", host="127.0.0.1"), "README.md": impatient})
    hub.wait(space, "RUNTIME_ERROR")
    assert "timed out" in api.get_space_runtime(space).raw["errorMessage"]


def test_a_newer_commit_overtakes_one_that_still_starts(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    commit(api, space, app("second", before="print(os.getpid(), flush=True); time.sleep(60)"))
    hub.wait(space, "RUNNING_APP_STARTING")
    number = next(line for line in api.fetch_space_logs(space, follow=True) if line[0].isdigit())
    third = commit(api, space, app("third"))
    seen = hub.wait(space, "RUNNING")
    assert (seen["sha"], seen["builds"]) == (third, 3)
    assert hub.get(host(api, space)) == (200, "third")
    assert is_gone(int(number))


def test_a_sleeping_space_wakes_when_it_is_visited(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    hub.sleep(space)
    assert api.get_space_runtime(space).stage == "SLEEPING"
    status, page = hub.get(host(api, space))
    assert status == 503
    assert "Preparing Space" in page
    assert hub.wait(space, "RUNNING")["sha"] == first
    assert hub.get(host(api, space)) == (200, "first")


def test_a_space_that_nobody_visits_goes_to_sleep(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    api.request_space_hardware(space, "cpu-upgrade", sleep_time=1)
    hub.wait(space, "SLEEPING", seconds=10)


def test_a_paused_space_stays_so_until_it_is_restarted(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    assert api.pause_space(space).stage == "PAUSED"
    assert hub.get(host(api, space))[0] == 503
    second = commit(api, space, app("second"))
    assert hub.stats(space)["stage"] == "PAUSED"
    api.restart_space(space)
    seen = hub.wait(space, "RUNNING")
    assert (seen["sha"], seen["restarts"]) == (second, 1)


def test_a_restart_builds_nothing_and_a_factory_restart_does(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    api.restart_space(space)
    assert hub.wait(space, "RUNNING")["builds"] == 1
    api.restart_space(space, factory_reboot=True)
    assert hub.wait(space, "RUNNING")["builds"] == 2


def test_each_changed_secret_or_variable_restarts_a_running_app(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    api.add_space_secret(space, "KEY", "one")
    api.add_space_variable(space, "LEVEL", "INFO")
    seen = hub.wait(space, "RUNNING")
    assert (seen["restarts"], seen["builds"]) == (2, 1)
    found = json.loads(hub.get(host(api, space) + "/env")[1])
    assert (found["KEY"], found["LEVEL"]) == ("one", "INFO")


def test_a_secret_set_before_the_first_commit_restarts_nothing(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    api.add_space_secret(space, "KEY", "one")
    commit(api, space, app("x"))
    assert hub.wait(space, "RUNNING")["restarts"] == 0


def test_an_app_gets_exactly_what_the_hub_documents(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    api.add_space_secret(space, "KEY", "one")
    commit(api, space, app("x"))
    hub.wait(space, "RUNNING")
    found = json.loads(hub.get(host(api, space) + "/env")[1])
    expected = {"KEY", "PATH", "HOME", "SPACE_ID", "SPACE_AUTHOR_NAME", "SPACE_REPO_NAME"}
    expected |= {"SPACE_TITLE", "SPACE_HOST", "SPACE_CREATOR_USER_ID", "ACCELERATOR"}
    expected |= {"CPU_CORES", "MEMORY", "SYSTEM"}
    # Python itself adds LC_CTYPE where no locale is set
    assert found.keys() - {"LC_CTYPE"} == expected
    assert found["SPACE_ID"] == space


def test_the_same_name_as_secret_and_variable_is_a_configuration_error(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    api.add_space_secret(space, "NAME", "1")
    api.add_space_variable(space, "NAME", "2")
    commit(api, space, app("x"))
    hub.wait(space, "CONFIG_ERROR")
    api.delete_space_variable(space, "NAME")
    hub.wait(space, "RUNNING")


def test_without_a_readme_there_is_no_configuration(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    commit(api, space, {"app.py": b""}, delete=("README.md",))
    assert hub.wait(space, "CONFIG_ERROR")["builds"] == 0


def test_without_a_dockerfile_there_is_no_app(api: HfApi, hub: RunningHub, space: str) -> None:
    commit(api, space, {"app.py": b""})
    assert hub.wait(space, "NO_APP_FILE")["builds"] == 0


def test_a_private_app_is_only_there_for_its_owner(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    api.update_repo_settings(space, private=True, repo_type="space")
    address = host(api, space)
    assert hub.get(address)[0] == 404
    assert hub.get(address, {"Authorization": f"Bearer {hub.stranger_token}"})[0] == 404
    assert hub.get(address, {"X-HF-Authorization": f"Bearer {hub.read_token}"}) == (200, "first")
    assert hub.get(address, {"Authorization": f"Bearer {hub.token}"}) == (200, "first")


def test_an_app_never_sees_the_credentials_that_are_meant_for_the_hub(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    credentials = {"X-HF-Authorization": f"Bearer {hub.token}", "X-Mine": "kept"}
    seen = hub.get(host(api, space) + "/headers", credentials)[1]
    assert hub.token not in seen
    assert "kept" in seen


def test_a_protected_space_hides_its_source_and_shows_its_app(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    api.update_repo_settings(space, visibility="protected", repo_type="space")
    assert hub.get(host(api, space)) == (200, "first")
    stranger = HfApi(endpoint=hub.url, token=hub.stranger_token)
    assert not stranger.repo_exists(space, repo_type="space")
    assert "app.py" not in hub.get(f"{hub.url}/spaces/{space}")[1]


def test_a_lapsed_plan_pauses_the_space_and_refuses_a_restart(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    hub.change_plan("tester", "free")
    try:
        commit(api, space, app("second"))
        assert hub.stats(space)["stage"] == "PAUSED"
        with pytest.raises(HfHubHTTPError, match="quota limit"):
            api.restart_space(space)
    finally:
        hub.change_plan("tester", "pro")


def test_an_answer_is_passed_on_while_it_is_still_being_written(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    files = app("x")
    slow = b"self.wfile.write(body[:1]); self.wfile.flush(); time.sleep(2); body = body[1:]"
    source = files["app.py"].replace(
        b"        self.wfile.write(body)",
        b"        %s\n%s" % (slow, b"        self.wfile.write(body)"),
    )
    commit(api, space, {**files, "app.py": source.replace(b"'x'", b"'xyz'")})
    hub.wait(space, "RUNNING")
    started = time.monotonic()
    with urllib.request.urlopen(host(api, space)) as answer:
        assert answer.read(1) == b"x"
        assert time.monotonic() - started < 1.5
        assert answer.read() == b"yz"


def test_a_log_is_followed_until_its_build_ends(api: HfApi, hub: RunningHub, space: str) -> None:
    commit(api, space, app("x"))
    lines = list(api.fetch_space_logs(space, build=True, follow=True))
    assert lines[0].startswith("===== Build Queued at")
    assert lines[-1] == "DONE\n"


def test_the_run_log_shows_what_the_app_says(
    api: HfApi, hub: RunningHub, space: str, first: str
) -> None:
    lines = api.fetch_space_logs(space, follow=True)
    assert any("starting first" in line for line, _ in zip(lines, range(2), strict=False))


def test_what_pip_installs_is_there(api: HfApi, hub: RunningHub, space: str) -> None:
    source = b"""from fastapi import FastAPI
app = FastAPI()
@app.get("/api/health")
def health() -> dict[str, str]:
    return {"status": "healthy"}
"""
    dockerfile = b"""FROM python:3.11-slim
RUN apt-get update && apt-get install -y gcc
RUN useradd -m -u 1000 user
USER user
ENV HOME=/home/user PATH=/home/user/.local/bin:$PATH
WORKDIR $HOME/app
COPY --chown=user requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=user . .
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "7860"]
"""
    files = {"requirements.txt": b"fastapi\nuvicorn\n", "app/main.py": source}
    commit(api, space, {**files, "Dockerfile": dockerfile, "README.md": CARD})
    hub.wait(space, "RUNNING", seconds=120)
    assert hub.get(host(api, space) + "/api/health") == (200, '{"status":"healthy"}')


def test_a_script_made_executable_in_the_image_runs(
    api: HfApi, hub: RunningHub, space: str
) -> None:
    dockerfile = DOCKERFILE.replace(b"CMD", b"RUN chmod +x start.sh\nCMD")
    script = b"#!/bin/sh\nexec python app.py\n"
    files = {**app("by script"), "start.sh": script}
    commit(
        api,
        space,
        {**files, "Dockerfile": dockerfile.replace(b'"python", "app.py"', b'"./start.sh"')},
    )
    hub.wait(space, "RUNNING")
    assert hub.get(host(api, space)) == (200, "by script")


def test_a_websocket_goes_through(api: HfApi, hub: RunningHub, space: str) -> None:
    files = app("x")
    switch = b"""        self.connection.sendall(b"HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n")
        self.connection.sendall(self.connection.recv(9).upper())
        self.close_connection = True
        return
"""
    source = files["app.py"].replace(
        b"    def do_GET(self):\n", b"    def do_GET(self):\n" + switch
    )
    commit(api, space, {**files, "app.py": source})
    hub.wait(space, "RUNNING")
    address = urllib.parse.urlsplit(host(api, space))
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
        assert b" 101 " in connection.recv(99)
        connection.sendall(b"hello")
        assert connection.recv(9) == b"HELLO"


@pytest.mark.docker
def test_with_docker_the_image_is_built_and_runs_as_its_own_user() -> None:
    with running("--runner", "docker") as own:
        api = HfApi(endpoint=own.url, token=own.token)
        api.create_repo("tester/docker", repo_type="space", space_sdk="docker")
        user = b"RUN useradd --create-home --uid 1000 user\nUSER user\nWORKDIR /app"
        dockerfile = DOCKERFILE.replace(b"WORKDIR /app", user).replace(b'.py"]', b'.py", "7860"]')
        source = app("x")["app.py"].replace(b"'x'", b"str(os.getuid())")
        source = source.replace(b", 7860)", b", int(sys.argv[1]))")
        files = {**app("x"), "app.py": source, "Dockerfile": dockerfile}
        revision = commit(api, "tester/docker", files)
        seen = own.wait("tester/docker", "RUNNING", seconds=180)
        assert seen["sha"] == revision
        assert own.get(host(api, "tester/docker")) == (200, "1000")


def test_nothing_of_a_hub_is_left_when_it_ends() -> None:
    with running("--environments", str(ENVIRONMENTS)) as own:
        api = HfApi(endpoint=own.url, token=own.token)
        api.create_repo("tester/left", repo_type="space", space_sdk="docker")
        source = app("x")["app.py"].replace(b"'x'", b"str(os.getpid())")
        commit(api, "tester/left", {**app("x"), "app.py": source})
        own.wait("tester/left", "RUNNING")
        process = int(own.get(host(api, "tester/left"))[1])
        assert Path(f"/proc/{process}").exists()
    assert is_gone(process)


def test_a_hub_with_a_data_folder_remembers_its_spaces(tmp_path: Path) -> None:
    options = ("--environments", str(ENVIRONMENTS), "--data", str(tmp_path))
    with running(*options) as before:
        api = HfApi(endpoint=before.url, token=before.token)
        api.create_repo("tester/kept", repo_type="space", space_sdk="docker")
        api.add_space_secret("tester/kept", "KEY", "one")
        revision = commit(api, "tester/kept", app("x"))
        before.wait("tester/kept", "RUNNING")
    with running(*options) as after:
        assert after.wait("tester/kept", "RUNNING")["sha"] == revision
        api = HfApi(endpoint=after.url, token=after.token)
        assert json.loads(after.get(host(api, "tester/kept") + "/env")[1])["KEY"] == "one"
