"""An app on this machine, asked as the Hub's proxy asks."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.hub_proxy import MOST_REDIRECTS, HubProxy
from deployer.model import Answer, Secret

BASE, HOST = "http://127.0.0.2:7860", "me-app.hf.space"


class Site:
    """A probe on which each address answers as written."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def get(self, url: str, *, space_token: Secret | None = None) -> Answer:
        raise AssertionError("redirects are followed by whom they name here")

    def ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        self.asked.append((method, url, headers or {}))
        there = self.answers.get(url, "")
        return Answer(status=307 if there else 200, url=url, location=there)


def proxy(**answers: str) -> tuple[HubProxy, Site]:
    site = Site({f"{BASE}/{path}": there for path, there in answers.items()})
    return HubProxy(site, BASE, HOST), site


def test_the_app_hears_the_space_s_name_and_https() -> None:
    asking, site = proxy()
    asking.ask(f"{BASE}/x", method="OPTIONS", headers={"Origin": "https://a.example.com"})
    method, _, headers = site.asked[0]
    assert method == "OPTIONS"
    assert headers["Host"] == headers["X-Forwarded-Host"] == HOST
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["Origin"] == "https://a.example.com"


def test_a_redirect_to_the_space_s_own_name_is_followed_here() -> None:
    asking, site = proxy(health=f"https://{HOST}/health/?full=1")
    assert asking.get(f"{BASE}/health").status == 200
    assert [url for _, url, _ in site.asked] == [f"{BASE}/health", f"{BASE}/health/?full=1"]


def test_a_redirect_to_another_host_is_not_followed() -> None:
    asking, site = proxy(health="https://login.example.com/")
    assert asking.get(f"{BASE}/health").location == "https://login.example.com/"
    assert len(site.asked) == 1


def test_a_redirect_without_an_end_is_told_as_one() -> None:
    asking, _ = proxy(a=f"{BASE}/b", b=f"{BASE}/a")
    assert asking.get(f"{BASE}/a").error == "a redirect loop"
    asking, site = proxy(health=f"{BASE}/health")
    assert asking.get(f"{BASE}/health").error == "a redirect loop"
    assert len(site.asked) <= MOST_REDIRECTS + 1
