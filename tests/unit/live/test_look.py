"""The live frontend is fetched within bounds, and an answer that fails is asked for again."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.live.cors import Asked
from deployer.live.look import MOST_SCRIPTS, TRIES, Seen, check_cors, look_at
from deployer.live.page import FrontendStatus
from deployer.model import Answer
from tests.fakes.clock import FakeClock

URL = "https://app.example/"
SPACE = "me-rag.hf.space"
OLD = ("localhost:8000",)


class Site:
    """Pages by address; an answer in ``first`` is given before the page."""

    def __init__(
        self, pages: Mapping[str, str], first: Mapping[str, list[Answer]] | None = None
    ) -> None:
        self.pages = pages
        self.first = {url: list(answers) for url, answers in (first or {}).items()}
        self.asked: list[str] = []

    def get(self, url: str) -> Answer:
        self.asked.append(url)
        if self.first.get(url):
            return self.first[url].pop(0)
        text = self.pages.get(url.removeprefix(URL))
        kind = "text/javascript" if url.endswith("js") else "text/html"
        if text is None:
            return Answer(
                status=404, headers={"content-type": "text/html"}, body=b"me-rag.hf.space"
            )
        return Answer(status=200, headers={"content-type": kind}, body=text.encode(), url=url)

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self.get(url)


def look(site: Site) -> Seen:
    return look_at(URL, site, FakeClock(), space=SPACE, old=OLD)


def test_a_script_that_is_loaded_late_tells_whom_the_page_calls() -> None:
    pages = {
        "": '<script src="/assets/index.js"></script>',
        "assets/index.js": 'const c=()=>import("./Chat.js")',
        "assets/Chat.js": f'fetch("https://{SPACE}/api/chat")',
    }
    assert look(Site(pages)).status is FrontendStatus.CONNECTED


def test_a_page_with_the_old_address_is_stale() -> None:
    pages = {"": '<script src="a.js"></script>', "a.js": "fetch('http://localhost:8000/x')"}
    assert look(Site(pages)).status is FrontendStatus.STALE


def test_the_page_s_own_address_is_no_old_backend() -> None:
    site = Site({"": "<script>location='app.example/x'</script>"})
    assert look_at(URL, site, FakeClock(), space=SPACE, old=("app.example",)).reason


def test_a_page_that_can_t_be_read_is_unknown_and_says_why() -> None:
    site = Site({}, {URL: [Answer(status=401)]})
    assert look(site) == Seen(status=FrontendStatus.UNKNOWN, reason="it can't be read (HTTP 401)")


def test_a_missing_script_s_error_page_is_not_read_as_one() -> None:
    assert look(Site({"": '<script src="gone.js"></script>'})).status is FrontendStatus.UNKNOWN


def test_scripts_are_fetched_once_each_and_not_without_end() -> None:
    class Endless(Site):
        def get(self, url: str) -> Answer:
            number = len(self.asked)
            text = f'import("./{number}.js");import("./0.js")'
            self.pages = {"": '<script src="s.js"></script>', url.removeprefix(URL): text}
            return super().get(url)

    site = Endless({})
    site.pages = {"": '<script src="s.js"></script>'}
    look_at(f"{URL}s.html", site, FakeClock(), space=SPACE, old=OLD)
    assert len(site.asked) <= MOST_SCRIPTS + 1
    assert len(set(site.asked)) == len(site.asked)


def test_a_single_failed_read_decides_nothing() -> None:
    allowed = Answer(status=200, headers={"access-control-allow-origin": "https://app.example"})
    asked = Asked(origin="https://app.example", path="health")
    site = Site({}, {f"{URL}health": [Answer(status=502), allowed]})
    (judged,) = check_cors([asked], URL, site, FakeClock(), credentials=False)
    assert (judged.blocked, judged.unknown) == ("", "")


def test_an_answer_that_never_comes_is_unknown_after_a_few_tries() -> None:
    asked = Asked(origin="https://app.example", path="health")
    site = Site({}, {f"{URL}health": [Answer(status=0, error="no answer")] * 9})
    (judged,) = check_cors([asked], URL, site, FakeClock(), credentials=False)
    assert judged.unknown == "no answer"
    assert len(site.asked) == TRIES


def test_a_page_that_sends_on_to_another_host_names_it_without_its_query() -> None:
    moved = Answer(status=301, url=URL, location="https://www.app.example/?nonce=x")
    seen = look(Site({}, {URL: [moved]}))
    assert seen.status is FrontendStatus.UNKNOWN
    assert "https://www.app.example/;" in seen.reason


def test_a_link_to_the_space_hides_no_old_address() -> None:
    pages = {
        "": f'<a href="https://{SPACE}/docs">API</a><script src="a.js"></script>',
        "a.js": "fetch('http://localhost:8000/x')",
    }
    assert look(Site(pages)).status is FrontendStatus.STALE
