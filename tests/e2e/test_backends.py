"""Every small repository of tests/backends: the right bundle comes out of it, and starts alone."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from deployer.model import Bundle
from localhub import front_matter
from localhub.docker_runner import DockerRunner
from localhub.environments import Environments
from localhub.logs import Log
from localhub.runner import Replica, Runner, Source
from localhub.venv_runner import VenvRunner
from tests.conftest import BASE_IMAGE
from tests.e2e.conftest import ENVIRONMENTS
from tests.real.backends import CASES, Case, write_bundle

HERE = "{}.{}".format(*sys.version_info[:2])
START_SECONDS = 60.0
OTHER_BASE = BASE_IMAGE.replace("3.11", "{}")

STARTING = [case for case in CASES if case.run.get("starts", True)]


def named(cases: list[Case]) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in cases]


def in_docker() -> list[Any]:
    """All of them, the chosen few in every run of the tests that has an engine."""
    slow = {True: [pytest.mark.docker], False: [pytest.mark.docker, pytest.mark.slow]}
    return [pytest.param(c, id=c.name, marks=slow[bool(c.run.get("ci"))]) for c in STARTING]


@pytest.fixture
def repository(case: Case, tmp_path: Path) -> Path:
    return case.write(tmp_path / "repository")


@pytest.fixture
def bundle(case: Case, repository: Path) -> Bundle:
    return case.plan(repository)


# --- what is found -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", named(CASES))
def test_what_was_found_is_what_the_case_says(case: Case, bundle: Bundle) -> None:
    expect, backend = case.expect, bundle.backend
    apps = [expect["app"]] if isinstance(expect["app"], str) else expect["app"]
    assert backend.app in apps
    found = {
        "folder": backend.folder,
        "health": backend.health_path,
        "python": backend.python_version,
        "port": backend.app_port,
        "required": [name.name for name in backend.environment if name.required],
        "origins": backend.origins.name if backend.origins else None,
        "origins_as_json": backend.origins is not None and backend.origins.as_json,
    }
    wanted = {"python": "3.11", "port": 7860} | {k: v for k, v in expect.items() if k in found}
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("case", named([case for case in CASES if "kept" not in case.expect]))
def test_what_will_be_installed_is_what_the_case_says(case: Case, bundle: Bundle) -> None:
    assert bundle.installed is not None
    installed, expect = bundle.installed, case.expect
    found = {
        "manifest": installed.manifest,
        "locked": installed.locked,
        "packages": list(installed.packages),
        "removed": list(installed.removed),
    }
    wanted = {key: expect[key] for key in found if key in expect}
    assert {key: found[key] for key in wanted} == wanted
    assert set(expect.get("system", ())) <= set(installed.system)
    assert set(expect.get("packages_hold", ())) <= set(installed.packages)
    assert not set(expect.get("packages_lack", ())) & set(installed.packages)


@pytest.mark.parametrize("case", named(CASES))
def test_the_right_files_ship(case: Case, bundle: Bundle) -> None:
    expect = case.expect
    paths = {file.path for file in bundle.files}
    assert {"Dockerfile", "README.md"} | set(expect.get("ships", ())) <= paths
    assert not paths & set(expect.get("not_shipped", ()))
    assert set(expect.get("stays", ())) <= {item.path for item in bundle.left_out}
    made = {file.path for file in bundle.files if file.content is not None}
    assert not made & set(expect.get("kept", ()))
    if only := set(expect.get("only", ())):
        assert paths - only <= {"Dockerfile", "README.md", ".hf-space-deploy.json"}


@pytest.mark.parametrize("case", named([case for case in CASES if "notices" in case.expect]))
def test_what_a_person_should_know_is_said(case: Case, bundle: Bundle) -> None:
    said = "\n".join(str(notice) for notice in bundle.notices)
    assert [text for text in case.expect["notices"] if text not in said] == []


@pytest.mark.parametrize("case", named(CASES))
def test_the_hub_takes_the_readme_and_keeps_its_text(
    case: Case, bundle: Bundle, repository: Path, tmp_path: Path
) -> None:
    space = write_bundle(bundle, repository, tmp_path / "space")
    readme = (space / "README.md").read_text()
    assert front_matter.problems(readme) == []
    assert (front_matter.read(readme) or {})["app_port"] == bundle.backend.app_port
    assert [text for text in case.expect.get("readme", ()) if text not in readme] == []
    assert [text for text in case.expect.get("readme_without", ()) if text in readme] == []


# --- what it comes to ----------------------------------------------------------------------------


@pytest.mark.parametrize("case", named([c for c in STARTING if not c.run.get("container")]))
def test_it_answers_from_the_bundle_alone(
    case: Case, bundle: Bundle, repository: Path, tmp_path: Path
) -> None:
    if case.python != HERE and not python_is_here(case.python):
        pytest.skip(f"no Python {case.python} is installed; the test with Docker runs this case")
    space = write_bundle(bundle, repository, tmp_path / "space")
    check(case, VenvRunner(Environments(ENVIRONMENTS)), space, bundle)


@pytest.mark.parametrize("case", in_docker())
def test_it_answers_in_its_own_image(
    case: Case, bundle: Bundle, repository: Path, tmp_path: Path
) -> None:
    base = OTHER_BASE.format(case.python)
    if base != BASE_IMAGE and not image_is_here(base):
        pytest.skip(f"the image {base} is neither here nor can it be pulled")
    space = write_bundle(bundle, repository, tmp_path / "space")
    check(case, DockerRunner("host"), space, bundle)


def python_is_here(version: str) -> bool:
    command = ["uv", "python", "find", "--no-python-downloads", "--no-project", version]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def image_is_here(name: str) -> bool:
    pull = f"docker image inspect {name} || timeout 60 docker pull --quiet {name}"
    return subprocess.run(["sh", "-c", pull], capture_output=True, check=False).returncode == 0


def check(case: Case, runner: Runner, space: Path, bundle: Bundle) -> None:
    """Build and start what lies in ``space``; every answer must be 200 and hold its text."""
    source = Source(
        revision=f"backend-{case.name}".replace("-", "")[:20],
        folder=space,
        app_port=bundle.backend.app_port,
        variables={},
        startup_seconds=START_SECONDS,
    )
    asyncio.run(_check(case, runner, source))


async def _check(case: Case, runner: Runner, source: Source) -> None:
    log = Log()
    image = await runner.build(source, log)
    replica = await image.start(case.run.get("environment", {}), log)
    try:
        await _answering(replica, log)
        for path, text in case.answers.items():
            status, body = await asyncio.to_thread(ask, replica, path)
            assert (status, text if text in body else body) == (200, text), log.lines(40)
    finally:
        await replica.stop()


async def _answering(replica: Replica, log: Log) -> None:
    ended = asyncio.ensure_future(replica.wait())
    async with asyncio.timeout(START_SECONDS):
        while not await replica.answers():
            await asyncio.sleep(0.02)
            assert not ended.done(), "\n".join(log.lines(40))
    ended.cancel()


def ask(replica: Replica, path: str) -> tuple[int, str]:
    """Status and text of an answer, JSON spelt out."""
    try:
        with urllib.request.urlopen(f"http://{replica.host}:{replica.port}{path}") as answer:
            status, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, error.read().decode()
    try:
        return status, json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return status, body
