"""``mode: rehearse`` by the real program: real images in Docker, real environments without it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from deployer.adapters.disk import Workspace
from deployer.bundle import BundleRequest, build_bundle
from deployer.model import SpaceId
from localhub.testing import RunningHub
from tests.real.backends import write_bundle
from tests.real.docker import build, docker
from tests.real.ports import free_port
from tests.real.program import HEALTHY, Checkout, Run

# Assembled, so that no scanner takes this file for a leak.
SECRET = "cn-5Rk2-a-secret" + "-that-nobody-may-see"
NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
ENGINE = {k: os.environ[k] for k in ("DOCKER_HOST", "DOCKER_BUILDKIT") if k in os.environ}
WITH_DOCKER = pytest.param("docker", marks=pytest.mark.docker)
# A few behaviours are the same code in both ways, and are seen in one.
docker_alone = pytest.mark.parametrize("checkout", [WITH_DOCKER], indirect=True)
venv_alone = pytest.mark.parametrize("checkout", ["venv"], indirect=True)
SICK = '{"status": "degraded", "services": {"qdrant": {"status": "error", "code": 404}}}'
TOLD = "from pathlib import Path\nimport os\nfrom fastapi import FastAPI\napp = FastAPI()\n"
HEALTH = '\n\n@app.get("/api/health")\ndef health():\n    return {"status": "healthy"}\n'


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory, hub: RunningHub) -> None:
    """An image that keeps the layers which all these backends share, so that each builds fast."""
    root = tmp_path_factory.mktemp("layers")
    checkout = Checkout(folder=root / "checkout", hub=hub, space="o/layers")
    checkout.backend(version=1)
    request = BundleRequest(space=SpaceId(owner="o", name="layers"))
    bundle = build_bundle(request, Workspace(checkout.folder))
    folder = write_bundle(bundle, checkout.folder, root / "space")
    build(folder, "hf-space-deploy-rehearsed:test")


@pytest.fixture(params=[WITH_DOCKER, "venv"])
def checkout(request: pytest.FixtureRequest, hub: RunningHub, tmp_path: Path) -> Iterator[Checkout]:
    """A backend with a port of its own, no token, and the way in which it is rehearsed."""
    way = str(request.param)
    if way == "docker":
        request.getfixturevalue("layers")
    made = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/rehearsed-{way}")
    made.backend(version=1)
    port = free_port()
    made.write("backend/README.md", f"---\nsdk: docker\napp_port: {port}\n---\n# Backend\n")
    made.environment = {
        **(ENGINE if way == "docker" else NO_ENGINE),
        "INPUT_HF_TOKEN": "",
        "INPUT_MODE": "rehearse",
        "PORT_OF_THE_TEST": str(port),
    }
    before = on_the_engine(made)
    yield made
    assert made.left_behind() == []
    # Another test's rehearsal may be under way on the same engine; it ends.
    until = time.monotonic() + 120
    while (left := on_the_engine(made) - before) and time.monotonic() < until:
        time.sleep(1)
    assert left == set()


def on_the_engine(checkout: Checkout) -> set[str]:
    """Containers, those of a build's steps included, and images that are called like ours."""
    if not in_docker(checkout):
        return set()
    images = docker("images", "--format", "{{.Repository}}").split()
    ours = {name for name in images if name.startswith("hf-space-deploy-")}
    return {*docker("ps", "--all", "--format", "{{.Names}}").split(), *ours}


def in_docker(checkout: Checkout) -> bool:
    return checkout.environment.get("DOCKER_HOST") != NO_ENGINE["DOCKER_HOST"]


def red(run: Run, code: int, *texts: str) -> None:
    """The run ended with this code, and its annotation and summary say these texts."""
    assert (run.code, run.outputs["status"]) == (code, "failed"), run.log
    errors = "\n".join(line for line in run.log.splitlines() if line.startswith("::error"))
    assert [text for text in texts if text not in errors] == [], run.log
    assert [
        text for text in texts if text.replace("`", "") not in run.summary.replace("`", "")
    ] == []


# --- what turns green ----------------------------------------------------------------------------


def test_a_healthy_backend_is_rehearsed_without_a_token_and_without_a_request(
    checkout: Checkout,
) -> None:
    checkout.hub.forget_requests()
    run = checkout.run(frontend_url="https://site.example.com")
    assert (run.code, run.outputs["status"]) == (0, "rehearsed"), run.log
    assert checkout.hub.requests() == []
    assert "A browser on the frontend's origins: blocked by CORS." in run.log
    assert "::warning" in run.log
    assert "First healthy answer" in run.summary
    rehearsal = json.loads(run.receipt)["rehearsal"]
    assert rehearsal["docker"] is in_docker(checkout)
    assert rehearsal["size"] > 1_000_000
    assert 0 < rehearsal["startSeconds"] < 60
    without = "rehearsed without Docker" in run.log
    assert without is not in_docker(checkout)


def test_the_app_gets_what_is_given_and_nothing_of_the_job_s(checkout: Checkout) -> None:
    told = "print('TOLD', sorted(os.environ), os.getuid(), os.environ['KEY'], flush=True)\n"
    checkout.write("backend/main.py", TOLD + told + HEALTH)
    checkout.environment |= {"KEY": SECRET, "FOREIGN_TO_THE_APP": "x"}
    run = checkout.run(secrets="KEY", variables="LOG_LEVEL=INFO\nHOME_PAGE=a b")
    assert run.code == 0, run.log
    line = next(line for line in run.log.splitlines() if "| TOLD" in line)
    assert all(name in line for name in ("'KEY'", "'LOG_LEVEL'", "'HOME_PAGE'", "'HF_HOME'"))
    assert not [
        name for name in ("FOREIGN", "INPUT_", "GITHUB", "RUNNER", "DOCKER") if name in line
    ]
    if in_docker(checkout):
        assert "] 1000 " in line
    assert SECRET not in run.text


@venv_alone
def test_origins_are_given_to_the_app_and_a_browser_is_let_in(checkout: Checkout) -> None:
    cors = (
        "from fastapi.middleware.cors import CORSMiddleware\n"
        "origins = os.environ.get('ALLOWED_ORIGINS', '').split(',')\n"
        "app.add_middleware(CORSMiddleware, allow_origins=origins)\n"
    )
    checkout.write("backend/main.py", TOLD + cors + HEALTH)
    run = checkout.run(frontend_url="https://site.example.com")
    assert run.code == 0, run.log
    assert "A browser on the frontend's origins: let in." in run.log


def test_a_service_of_the_job_is_reached_where_its_steps_reach_it(checkout: Checkout) -> None:
    told = (
        "import socket\n"
        "host, _, port = os.environ['SERVICE'].partition(':')\n"
        "socket.create_connection((host, int(port)), timeout=5).close()\n"
    )
    checkout.write("backend/main.py", TOLD + told + HEALTH)
    with socket.socket() as service:  # a service container's port, as GitHub publishes it
        service.bind(("127.0.0.1", 0))
        service.listen()
        run = checkout.run(variables=f"SERVICE=localhost:{service.getsockname()[1]}")
    assert run.code == 0, run.log


@venv_alone
def test_an_app_that_knows_only_its_own_host_and_https_answers_here(checkout: Checkout) -> None:
    strict = (
        "from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware\n"
        "from starlette.middleware.trustedhost import TrustedHostMiddleware\n"
        "app.add_middleware(HTTPSRedirectMiddleware)\n"
        "app.add_middleware(TrustedHostMiddleware, allowed_hosts=['*.hf.space'])\n"
    )
    checkout.write("backend/main.py", TOLD + strict + HEALTH)
    run = checkout.run()
    assert run.code == 0, run.log


@venv_alone
def test_a_fork_s_pull_request_goes_on_without_its_secrets(
    checkout: Checkout, tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    head = {"repo": {"full_name": "stranger/fork"}, "sha": "a" * 40}
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": head}}))
    checkout.environment |= {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "me/project",
        "API_KEY": "",
    }
    run = checkout.run(secrets="API_KEY")
    assert (run.code, run.outputs["status"]) == (0, "rehearsed"), run.log
    assert "rehearsed without `API_KEY`" in run.log


# --- what turns red ------------------------------------------------------------------------------


def test_a_missing_dependency_is_named(checkout: Checkout) -> None:
    checkout.write("backend/main.py", "import yaml\n" + TOLD + HEALTH)
    red(checkout.run(), 5, "the module `yaml`, which is not installed", "requirements.txt")


def test_an_import_error_is_named(checkout: Checkout) -> None:
    checkout.write("backend/main.py", "from fastapi import Nothing\n" + TOLD + HEALTH)
    red(checkout.run(), 5, "A package has no `Nothing`")


def test_a_wrong_port_is_named(checkout: Checkout) -> None:
    checkout.write(
        "backend/Dockerfile",
        "FROM python:3.11-slim\nRUN useradd -m -u 1000 user\nUSER 1000\nENV HOME=/home/user "
        "PATH=/home/user/.local/bin:$PATH\nWORKDIR /home/user/app\nCOPY requirements.txt .\n"
        "RUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n"
        'EXPOSE 7860\nCMD ["python", "start.py"]\n',
    )
    port = free_port()
    start = f"import os, uvicorn\nuvicorn.run('main:app', host='0.0.0.0', port=int('{port}'))\n"
    checkout.write("backend/start.py", start)
    run = checkout.run(health_timeout="60")
    red(run, 5, f"listens on port {port}")
    assert "Uvicorn running on" in run.summary


@docker_alone
def test_an_app_on_loopback_alone_is_named(checkout: Checkout) -> None:
    port = checkout.environment["PORT_OF_THE_TEST"]
    checkout.write(
        "backend/Dockerfile",
        "FROM python:3.11-slim\nRUN pip install --no-cache-dir fastapi==0.165.0 uvicorn==0.54.0\n"
        f'COPY . /srv\nWORKDIR /srv\nCMD ["uvicorn", "main:app", "--port", "{port}"]\n',
    )
    red(checkout.run(health_timeout="60"), 5, f"listens on 127.0.0.1:{port}")


def test_a_write_outside_home_is_named(checkout: Checkout) -> None:
    write = "Path(os.environ.get('DATA') or '/usr', 'kept.txt').write_text('x')\n"
    checkout.write("backend/main.py", TOLD + write + HEALTH)
    run = checkout.run()
    if "rehearsed as root" in run.log:
        pytest.skip("user 1000 can start no Python of this machine")
    red(run, 5, "writes where user 1000 may not")


def test_a_missing_variable_is_named(checkout: Checkout) -> None:
    checkout.write("backend/main.py", TOLD + "KEY = os.environ['PAYMENT_KEY']\n" + HEALTH)
    red(checkout.run(), 5, "wants the variable `PAYMENT_KEY` at start")


def test_an_unhealthy_service_is_named(checkout: Checkout) -> None:
    checkout.backend(version=1, health=SICK)
    red(checkout.run(health_timeout="12"), 6, "Qdrant answers 404", "cloud.qdrant.io")


def test_a_package_that_does_not_exist_is_named(checkout: Checkout) -> None:
    checkout.backend(version=1, requirements="surely-no-such-package-7Qx1==1.0\n")
    run = checkout.run()
    red(run, 5, "surely-no-such-package", "does not build on this machine")


@venv_alone
def test_a_command_that_ends_by_itself_is_named(checkout: Checkout) -> None:
    checkout.write(
        "backend/Dockerfile",
        "FROM python:3.11-slim\nRUN pip install --no-cache-dir fastapi==0.165.0 uvicorn==0.54.0\n"
        'COPY . /srv\nWORKDIR /srv\nCMD ["python", "main.py"]\n',
    )
    red(checkout.run(), 5, "ends by itself, and nothing serves")


def test_without_docker_a_dockerfile_that_takes_one_is_told_so(
    hub: RunningHub, tmp_path: Path
) -> None:
    checkout = Checkout(folder=tmp_path / "checkout", hub=hub, space="o/x")
    checkout.backend(version=1)
    checkout.write(
        "backend/Dockerfile",
        "FROM python:3.11-slim\nRUN pip install poetry\nCOPY . .\nRUN poetry install\n"
        'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n',
    )
    checkout.environment = {**NO_ENGINE, "INPUT_HF_TOKEN": "", "INPUT_MODE": "rehearse"}
    run = checkout.run()
    assert run.code == 2, run.log
    assert "file=backend/Dockerfile,line=4::" in run.log
    assert "`RUN poetry install` takes a container" in run.log
    assert checkout.left_behind() == []


# --- its end -------------------------------------------------------------------------------------


def test_a_stopped_run_takes_everything_away_and_no_argument_held_a_secret(
    checkout: Checkout,
) -> None:
    checkout.environment |= {"KEY": SECRET}
    process = checkout.start(health_successes="900", secrets="KEY")
    wait_until_it_serves(int(checkout.environment["PORT_OF_THE_TEST"]))
    arguments = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if alive(path)]
    assert len(arguments) > 1
    assert SECRET.encode() not in b"\n".join(arguments)
    began = time.monotonic()
    process.send_signal(signal.SIGINT if in_docker(checkout) else signal.SIGTERM)
    run = checkout.finish(process, seconds=15)
    assert (run.code, run.outputs["status"]) == (130, "failed")
    assert time.monotonic() - began < 7.5  # then the runner asks again, and soon forces
    assert not listens(int(checkout.environment["PORT_OF_THE_TEST"]))


def alive(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def listens(port: int) -> bool:
    code = subprocess.run(
        ["curl", "--silent", "--max-time", "2", f"http://127.0.0.2:{port}/api/health"],
        capture_output=True,
        check=False,
    ).returncode
    return code == 0


def wait_until_it_serves(port: int) -> None:
    deadline = time.monotonic() + 120
    while not listens(port):
        assert time.monotonic() < deadline
        time.sleep(0.2)


# --- before a deploy -----------------------------------------------------------------------------


@docker_alone
def test_a_bundle_that_does_not_start_never_reaches_the_space(checkout: Checkout) -> None:
    checkout.environment |= {"INPUT_HF_TOKEN": checkout.hub.token, "INPUT_MODE": "deploy"}
    checkout.space += "-never"
    checkout.write("backend/main.py", "import yaml\n" + TOLD + HEALTH)
    run = checkout.run(rehearse="true")
    red(run, 5, "the module `yaml`, which is not installed")
    assert "Nothing was written" in run.summary
    assert not HfApi(checkout.hub.url).repo_exists(checkout.space, repo_type="space")


@venv_alone
def test_a_bundle_that_starts_is_deployed(checkout: Checkout) -> None:
    checkout.environment |= {"INPUT_HF_TOKEN": checkout.hub.token, "INPUT_MODE": "deploy"}
    checkout.space += "-first"
    checkout.backend(version=1, health=HEALTHY)
    run = checkout.run(rehearse="true")
    assert (run.code, run.outputs["status"]) == (0, "healthy"), run.log
    assert "On the runner" in run.summary
