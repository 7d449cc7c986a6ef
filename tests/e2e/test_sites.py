"""Production builds by the real tools, before and after the rewrite, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from deployer.adapters.clock import SystemClock
from deployer.adapters.web_probe import WebProbe
from deployer.live.cors import requests_from
from deployer.live.look import check_cors, look_at
from deployer.model import Route
from localhub.testing import RunningHub
from tests.real.action import changes, consumer_repository
from tests.real.program import Checkout, Run
from tests.real.site import OUTPUT, SITES, built, installed
from tests.real.web_page import PUBLIC_HOST, local_backend, opened, served

pytestmark = pytest.mark.browser

REWRITTEN = {
    "docusaurus": ["docusaurus.config.ts", "src/pages/status.tsx", "src/services/chatClient.ts"],
    "nextjs": ["app/backend.json/route.ts", "lib/api.ts"],
    "vite": ["src/Status.tsx", "src/api.ts"],
}
CHAT = (Route(method="POST", path="/api/chat"),)
PATIENT = 20_000  # milliseconds
# React's mark on an element that it listens to: until then a click is the bare page's.
ALIVE = "Object.keys(document.querySelector('button')).some(key => key.startsWith('__reactProps'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site's two builds, each on a port; ``other`` serves the second from another origin."""

    name: str
    folder: Path
    run: Run
    space: str
    before: int
    after: int
    other: int


@contextmanager
def rewritten(name: str, hub: RunningHub, folder: Path, source: Path) -> Iterator[Site]:
    """The site in ``source``, built, served, rewritten by a deploy and built again."""
    installed(name)
    folder.mkdir(exist_ok=True)
    repository = consumer_repository(folder / "checkout", frontend=source)
    pages = {part: folder / part for part in ("before", "after")}
    with ExitStack() as stack:
        for page in pages.values():
            page.mkdir(parents=True)
        before, after, other, local = (
            stack.enter_context(served(pages["before"])),
            stack.enter_context(served(pages["after"])),
            stack.enter_context(served(pages["after"])),
            stack.enter_context(local_backend()),
        )
        built(name, repository / "frontend", pages["before"])
        run = Checkout(folder=repository, hub=hub, space=f"{hub.owner}/{folder.name}").run(
            frontend_url=f"http://{PUBLIC_HOST}:{after}",
            local_url=f"http://localhost:{local}",
            frontend_commit="none",
        )
        assert run.code == 0, run.log
        built(name, repository / "frontend", pages["after"])
        yield Site(
            name=name,
            folder=repository,
            run=run,
            space=run.outputs["space-url"],
            before=before,
            after=after,
            other=other,
        )


@pytest.fixture(scope="module", params=sorted(OUTPUT))
def site(
    request: pytest.FixtureRequest, hub: RunningHub, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Each of the sites as it is in tests/sites/."""
    name = request.param
    with rewritten(name, hub, tmp_path_factory.mktemp(f"{name}-site"), SITES / name) as made:
        yield made


@contextmanager
def page_of(browser: str, url: str) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page, what its console complains about, and the addresses it asks for from now on."""
    with opened(browser, url) as (page, complaints):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_function(ALIVE)
        yield page, complaints, asked


def ask(page: Page) -> None:
    page.fill("#question", "How much does a ticket cost?")
    page.click("#send")


def test_before_the_rewrite_the_public_page_calls_the_visitors_own_machine(
    site: Site, browser_path: str
) -> None:
    with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.before}/") as (page, _, asked):
        page.route("http://localhost:8000/**", lambda route: route.abort("connectionrefused"))
        ask(page)
        expect(page.locator("#messages .error")).to_be_visible(timeout=PATIENT)
        assert asked[-1] == "http://localhost:8000/api/chat"


def test_after_it_the_public_page_chats_with_the_space_without_a_complaint(
    site: Site, browser_path: str
) -> None:
    url = f"http://{PUBLIC_HOST}:{site.after}/"
    with page_of(browser_path, url) as (page, complaints, asked):
        ask(page)
        expect(page.locator("#messages")).to_contain_text("six crowns", timeout=PATIENT)
        assert f"{site.space}/api/chat" in asked
        assert complaints == []


def test_on_localhost_the_same_build_calls_the_local_backend(site: Site, browser_path: str) -> None:
    url = f"http://localhost:{site.after}/"
    with page_of(browser_path, url) as (page, complaints, _):
        ask(page)
        expect(page.locator("#messages")).to_contain_text(
            "The local backend speaks.", timeout=PATIENT
        )
        assert complaints == []


def test_from_an_origin_that_is_not_allowed_the_chat_fails(site: Site, browser_path: str) -> None:
    url = f"http://{PUBLIC_HOST}:{site.other}/"
    with page_of(browser_path, url) as (page, complaints, _):
        ask(page)
        expect(page.locator("#messages .error")).to_be_visible(timeout=PATIENT)
        assert any("CORS" in complaint for complaint in complaints)


def test_the_check_of_the_live_frontend_foretells_what_the_browser_does(site: Site) -> None:
    browser, clock = WebProbe(), SystemClock()

    def seen(port: int) -> tuple[str, bool]:
        page = look_at(
            f"http://localhost:{port}/",
            browser,
            clock,
            space=site.space.removeprefix("http://"),
            old=("localhost:8000",),
        )
        asked = requests_from(f"http://{PUBLIC_HOST}:{port}", "/api/health", CHAT)
        judged = check_cors(asked, site.space, browser, clock, credentials=False)
        assert not any(each.unknown for each in judged)
        return page.status.value, any(each.blocked for each in judged)

    assert seen(site.before) == ("stale", True)
    assert seen(site.after) == ("connected", False)
    assert seen(site.other) == ("connected", True)


@pytest.mark.parametrize("site", ["docusaurus"], indirect=True)
def test_the_check_recognises_a_page_that_breaks_on_process(site: Site) -> None:
    def broken(port: int) -> str:
        url = f"http://localhost:{port}/status/"
        return look_at(url, WebProbe(), SystemClock(), space="", old=()).broken

    assert broken(site.before)
    assert not broken(site.after)


def test_nothing_else_of_the_site_is_changed(site: Site) -> None:
    assert changes(site.folder) == [f" M frontend/{path}" for path in REWRITTEN[site.name]]


@pytest.mark.parametrize("site", ["docusaurus", "nextjs"], indirect=True)
def test_a_link_made_when_the_site_was_built_leads_to_the_space(
    site: Site, browser_path: str
) -> None:
    with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.after}/") as (page, _, __):
        expect(page.locator("#documentation")).to_have_attribute("href", f"{site.space}/docs")


@pytest.mark.parametrize("site", ["nextjs"], indirect=True)
def test_what_a_route_handler_answered_at_build_time_names_the_space(site: Site) -> None:
    with urlopen(f"http://localhost:{site.before}/backend.json") as before:
        assert json.load(before)["backend"] == "http://localhost:8000"
    with urlopen(f"http://localhost:{site.after}/backend.json") as after:
        assert json.load(after) == {"backend": site.space, "search": "http://search:9200"}


@pytest.mark.parametrize("site", ["docusaurus"], indirect=True)
def test_a_name_of_the_environment_breaks_the_page_until_it_is_taken_out(
    site: Site, browser_path: str
) -> None:
    with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.before}/status/") as (page, broken, _):
        with page.expect_event("pageerror"):
            page.click("#check")
        assert broken == ["process is not defined"]
    with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.after}/status/") as (page, fine, _):
        page.click("#check")
        expect(page.locator("#status")).to_have_text("healthy", timeout=PATIENT)
        assert fine == []


@pytest.mark.parametrize("site", ["vite"], indirect=True)
def test_an_address_in_the_middle_of_a_component_is_the_spaces(
    site: Site, browser_path: str
) -> None:
    url = f"http://{PUBLIC_HOST}:{site.after}/"
    with page_of(browser_path, url) as (page, complaints, asked):
        page.click("#check")
        expect(page.locator("#status")).to_have_text("healthy", timeout=PATIENT)
        assert asked == [f"{site.space}/api/health"]
        assert complaints == []


def test_a_variable_without_a_fallback_is_read_from_the_file_that_the_deploy_wrote(
    hub: RunningHub, tmp_path: Path, browser_path: str
) -> None:
    source = Path(shutil.copytree(SITES / "vite", tmp_path / "source"))
    api = source / "src" / "api.ts"
    api.write_text(api.read_text().replace(" ?? 'http://localhost:8000/api'", ""))
    with rewritten("vite", hub, tmp_path / "dotenv", source) as site:
        assert "?? frontend/.env.production" in changes(site.folder)
        with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.before}/") as (page, _, asked):
            ask(page)
            expect(page.locator("#messages .error")).to_be_visible(timeout=PATIENT)
            assert asked == [f"http://{PUBLIC_HOST}:{site.before}/undefined/chat"]
        with page_of(browser_path, f"http://{PUBLIC_HOST}:{site.after}/") as (page, fine, _):
            ask(page)
            expect(page.locator("#messages")).to_contain_text("six crowns", timeout=PATIENT)
            assert fine == []
