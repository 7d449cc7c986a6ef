"""Deploys by Trusted Publishers: GitHub's word instead of a stored token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from localhub.testing import RunningHub
from tests.real.canaries import found
from tests.real.id_tokens import REPOSITORY, REQUEST_TOKEN, IdTokens, id_tokens
from tests.real.program import Checkout, Run


@pytest.fixture(scope="module")
def service() -> Iterator[IdTokens]:
    with id_tokens() as running:
        yield running


@pytest.fixture
def checkout(
    hub: RunningHub, service: IdTokens, tmp_path: Path, request: pytest.FixtureRequest
) -> Checkout:
    """A Space that exists and trusts the repository, and a job without a stored token."""
    name = request.node.name.replace("_", "-")[:60].strip("-")
    made = Checkout(folder=tmp_path / "checkout", hub=hub, space=f"{hub.owner}/{name}")
    made.backend(version=1)
    made.environment = {**service.environment(), "INPUT_HF_TOKEN": ""}
    HfApi(hub.url, token=hub.token).create_repo(made.space, repo_type="space", space_sdk="docker")
    hub.trust(made.space, REPOSITORY)
    hub.forget_requests()
    return made


def writes(hub: RunningHub) -> list[str]:
    """What was sent that may change something, the exchange aside."""
    sent = [each for each in hub.requests() if each["method"] not in ("GET", "HEAD")]
    paths = [each["path"].rpartition("/api/spaces/")[2] for each in sent]
    reads = ("/preupload/", "validate-yaml", "/oauth/token", "/paths-info/", "/api/local/")
    return [path for path in paths if not any(each in path for each in reads)]


def assert_nothing_leaked(run: Run, checkout: Checkout, service: IdTokens) -> None:
    runner = checkout.folder.parent / "runner"
    traces = {str(path): path.read_text() for path in runner.rglob("*") if path.is_file()}
    traces |= {"run": run.text, "requests": json.dumps(checkout.hub.requests())}
    secrets = {f"ID token {n}": token for n, token in enumerate(service.issued)}
    assert secrets
    assert found(traces, {"request token": REQUEST_TOKEN, **secrets}) == []
    assert not [place for place, text in traces.items() if "hf_jwt_" in text]


def test_a_space_is_deployed_and_updated_without_a_stored_token(
    checkout: Checkout, service: IdTokens, hub: RunningHub
) -> None:
    first = checkout.run()
    assert first.code == 0, first.text
    assert first.outputs["status"] == "healthy"
    assert_nothing_leaked(first, checkout, service)
    checkout.backend(version=2)
    second = checkout.run()
    assert (second.code, second.outputs["status"]) == (0, "healthy"), second.text
    assert_nothing_leaked(second, checkout, service)
    assert [path.partition("/commit/")[1] for path in writes(hub)] == ["/commit/"] * 2


def test_what_such_a_token_may_not_set_is_told_before_the_first_write(
    checkout: Checkout, service: IdTokens, hub: RunningHub
) -> None:
    checkout.environment["API_KEY"] = "cn-key-7Qx1-9Zk2"
    run = checkout.run(secrets="API_KEY", variables="LEVEL=INFO", hardware="cpu-upgrade")
    assert run.code == 4, run.text
    for told in ("the secret `API_KEY`", "the variable `LEVEL`", "`hardware` to cpu-upgrade"):
        assert told in run.text
    assert f"{checkout.space}/settings" in run.text
    assert "`hf-token`" in run.text
    assert writes(hub) == []
    assert_nothing_leaked(run, checkout, service)


def test_a_space_that_trusts_another_repository_is_explained(
    checkout: Checkout, service: IdTokens, hub: RunningHub
) -> None:
    hub.trust(checkout.space, "somebody/else")
    run = checkout.run()
    assert run.code == 4
    assert "must exist, and its settings must name this repository" in run.text
    assert writes(hub) == []
    assert_nothing_leaked(run, checkout, service)


def test_a_paused_space_is_not_pushed_to_in_vain(checkout: Checkout, hub: RunningHub) -> None:
    HfApi(hub.url, token=hub.token).pause_space(checkout.space)
    run = checkout.run()
    assert run.code == 4
    assert "is PAUSED" in run.text
    assert "Restart it at" in run.text
    assert not [path for path in writes(hub) if "/commit/" in path]


def test_a_plan_goes_on_without_a_token_where_nobody_trusts(
    checkout: Checkout, hub: RunningHub
) -> None:
    hub.trust(checkout.space, "somebody/else")
    run = checkout.run(mode="plan")
    assert (run.code, run.outputs["status"]) == (0, "planned"), run.text
    assert "goes on without a token" in run.text


def test_a_stored_token_comes_first(checkout: Checkout, service: IdTokens, hub: RunningHub) -> None:
    before = len(service.paths)
    checkout.environment |= {"HF_TOKEN": hub.token}
    assert checkout.run(mode="plan").code == 0
    assert len(service.paths) == before
