"""The rewritten frontend in a real browser finds the deployed Space, and development stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from localhub.testing import RunningHub
from tests.real.action import consumer_repository
from tests.real.program import Checkout, Run
from tests.real.web_page import PUBLIC_HOST, local_backend, opened, served

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.click("#send")


def deploy(hub: RunningHub, folder: Path, page_port: int, local_port: int) -> Run:
    checkout = Checkout(folder=folder, hub=hub, space=f"{hub.owner}/in-the-browser")
    run = checkout.run(
        frontend_url=f"http://{PUBLIC_HOST}:{page_port}",
        local_url=f"http://localhost:{local_port}",
        frontend_commit="none",
    )
    assert run.code == 0, run.log
    return run


def test_the_page_on_a_public_host_calls_the_space_and_on_localhost_the_local_backend(
    hub: RunningHub, tmp_path: Path, browser_path: str
) -> None:
    folder = consumer_repository(tmp_path / "checkout")
    with served(folder / "frontend") as port, local_backend() as local_port:
        run = deploy(hub, folder, port, local_port)
        asked: list[str] = []
        with opened(browser_path, f"http://{PUBLIC_HOST}:{port}/") as (page, complaints):
            page.on("request", lambda request: asked.append(request.url))
            ask(page, "How much does a ticket cost?")
            expect(page.locator("#messages")).to_contain_text("six crowns", timeout=20_000)
            assert f"{run.outputs['space-url']}/api/chat" in asked
            assert complaints == []
        with opened(browser_path, f"http://localhost:{port}/") as (page, complaints):
            ask(page, "How much does a ticket cost?")
            expect(page.locator("#messages")).to_contain_text("The local backend speaks.")
            assert complaints == []


def test_a_blocked_origin_is_told_by_the_deploy_before_the_browser_blocks_it(
    hub: RunningHub, tmp_path: Path, browser_path: str
) -> None:
    folder = consumer_repository(tmp_path / "checkout")
    with served(folder / "frontend") as port:
        origin = f"http://{PUBLIC_HOST}:{port}"
        run = Checkout(folder=folder, hub=hub, space=f"{hub.owner}/blocked").run(
            frontend_url=origin,
            variables="ALLOWED_ORIGINS=https://elsewhere.example",
            frontend_commit="none",
        )
        assert (run.code, run.outputs["frontend-status"]) == (0, "blocked-by-cors"), run.log
        assert f"Set the variable `ALLOWED_ORIGINS` to `{origin}`" in run.log
        with opened(browser_path, f"{origin}/") as (page, complaints):
            ask(page, "How much does a ticket cost?")
            expect(page.locator("#messages .error")).to_be_visible(timeout=20_000)
            assert any("CORS" in complaint for complaint in complaints)


def test_an_origin_that_is_not_allowed_gets_no_answer(
    hub: RunningHub, tmp_path: Path, browser_path: str
) -> None:
    folder = consumer_repository(tmp_path / "checkout")
    with served(folder / "frontend") as port, served(folder / "frontend") as other_port:
        deploy(hub, folder, port, 8000)
        with opened(browser_path, f"http://{PUBLIC_HOST}:{other_port}/") as (page, complaints):
            ask(page, "How much does a ticket cost?")
            expect(page.locator("#messages .error")).to_be_visible(timeout=20_000)
            assert any("CORS" in complaint for complaint in complaints)
