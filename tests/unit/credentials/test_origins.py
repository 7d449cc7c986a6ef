from __future__ import annotations

import pytest

from deployer.credentials import fingerprint
from deployer.credentials.origins import frontend_origins, origin_entry
from deployer.errors import Notice
from deployer.model import Configuration, Entry, OriginSetting, Secret, StoredSetting
from tests.unit.credentials.backends import backend

SITE = "https://my-app.vercel.app"
OTHER = "https://other.example.com"
COMMAS = OriginSetting(name="ALLOWED_ORIGINS")


def decide(
    *origins: str,
    setting: OriginSetting | None = COMMAS,
    given: tuple[Entry, ...] = (),
    stored: Configuration | None = None,
) -> tuple[str | None, tuple[Notice, ...]]:
    entry, notices = origin_entry(
        origins, backend(origins=setting), given, stored or Configuration()
    )
    if entry:
        assert setting
        assert (entry.name, entry.public) == (setting.name, True)
    return (entry.value.reveal() if entry else None), notices


def variable(value: str, description: str = "") -> Configuration:
    setting = StoredSetting(name="ALLOWED_ORIGINS", value=value, description=description)
    return Configuration(variables={"ALLOWED_ORIGINS": setting})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (SITE, SITE),
        (SITE + "/", SITE),
        ("https://User.GitHub.io/book/", "https://user.github.io"),
        ("http://localhost:3000/chat?x=1", "http://localhost:3000"),
        ("https://a.example.com:443", "https://a.example.com"),
        ("http://a.example.com:8080", "http://a.example.com:8080"),
        ("https://Exämple.com/x", "https://xn--exmple-cua.com"),
        ("https://日本.example:8443", "https://xn--wgv71a.example:8443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_a_frontend_url_becomes_an_origin_as_browsers_send_it(url: str, origin: str) -> None:
    found = frontend_origins([url])
    assert found.origins == (origin,)
    assert not found.problems


def test_a_path_that_is_cut_off_is_said() -> None:
    (notice,) = frontend_origins(["https://user.github.io/book"]).notices
    assert "`https://user.github.io`" in notice.message
    assert not frontend_origins([SITE + "/"]).notices


@pytest.mark.parametrize(
    "url", ["my-app.vercel.app", "", "ftp://a.b", "https://", "https://u:p@a.b"]
)
def test_what_is_no_website_is_a_problem_of_the_input(url: str) -> None:
    (problem,) = frontend_origins([url]).problems
    assert str(problem.where) == "input `frontend-url`"


def test_the_same_origin_counts_once() -> None:
    assert frontend_origins([SITE, SITE + "/a"]).origins == (SITE,)


def test_origins_are_joined_by_commas() -> None:
    assert decide(SITE, OTHER) == (f"{SITE},{OTHER}", ())


def test_origins_are_json_where_the_code_parses_json() -> None:
    value, _ = decide(SITE, OTHER, setting=OriginSetting(name="CORS_ORIGINS", as_json=True))
    assert value == f'["{SITE}", "{OTHER}"]'


def test_only_the_first_goes_where_the_code_takes_one() -> None:
    setting = OriginSetting(name="FRONTEND_URL", single=True, file="app/main.py", line=12)
    value, (notice,) = decide(SITE, OTHER, setting=setting)
    assert value == SITE
    assert "takes one origin" in notice.message
    assert str(notice.where) == "app/main.py:12"
    assert decide(SITE, setting=setting) == (SITE, ())


def test_without_a_frontend_nothing_is_set_and_nothing_said() -> None:
    assert decide() == (None, ())


def test_without_a_setting_in_the_code_it_is_said() -> None:
    value, (notice,) = decide(SITE, setting=None)
    assert value is None
    assert SITE in notice.message


@pytest.mark.parametrize("value", [SITE, f"{OTHER}, {SITE}", f'["{SITE}"]', "*", SITE + "/"])
def test_a_value_of_the_workflow_that_lets_the_frontend_in_is_left_alone(value: str) -> None:
    given = (Entry(name="ALLOWED_ORIGINS", value=Secret(value), public=True),)
    assert decide(SITE, given=given) == (None, ())


def test_a_value_of_the_workflow_that_shuts_the_frontend_out_is_a_warning() -> None:
    given = (Entry(name="ALLOWED_ORIGINS", value=Secret(OTHER), public=False),)
    value, (notice,) = decide(SITE, given=given)
    assert value is None
    assert notice.warning
    assert "the workflow" in notice.message
    assert SITE in notice.message


def test_a_variable_set_by_hand_is_left_alone() -> None:
    value, (notice,) = decide(SITE, stored=variable(OTHER, "by hand"))
    assert value is None
    assert "the Space" in notice.message
    assert decide(SITE, stored=variable(SITE)) == (None, ())


def test_a_variable_that_we_set_is_brought_up_to_date() -> None:
    assert decide(SITE, stored=variable(OTHER, fingerprint.MARKER)) == (SITE, ())


def test_a_secret_of_that_name_is_left_alone_and_said() -> None:
    stored = Configuration(secrets={"ALLOWED_ORIGINS": StoredSetting(name="ALLOWED_ORIGINS")})
    value, (notice,) = decide(SITE, stored=stored)
    assert value is None
    assert "is a secret of the Space" in notice.message
