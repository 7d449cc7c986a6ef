"""The exchange of GitHub's identity token for a token of the Hub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer.adapters.oidc import publisher_token
from deployer.errors import Exit, HubRefused
from deployer.model import Secret, SpaceId
from tests.fakes.clock import FakeClock
from tests.fakes.console import FakeConsole
from tests.real.id_tokens import ACCESS_TOKEN, REQUEST_TOKEN, IdTokens, id_tokens

SPACE = SpaceId(owner="ada", name="rag")


@pytest.fixture
def service() -> Iterator[IdTokens]:
    with id_tokens() as running:
        yield running


@pytest.fixture
def console() -> FakeConsole:
    return FakeConsole()


def token(service: IdTokens, console: FakeConsole, **environ: str) -> Secret | None:
    given = {**service.environment(), **environ}
    return publisher_token(given, SPACE, endpoint=service.url, console=console, clock=FakeClock())


def refusal(service: IdTokens, console: FakeConsole, **environ: str) -> HubRefused:
    with pytest.raises(HubRefused) as caught:
        token(service, console, **environ)
    for secret in (REQUEST_TOKEN, ACCESS_TOKEN, *service.issued):
        assert secret not in str(caught.value)
    return caught.value


def test_the_exchange_gives_the_hub_s_token(service: IdTokens, console: FakeConsole) -> None:
    assert token(service, console) == Secret(ACCESS_TOKEN)


def test_the_request_s_own_query_is_kept(service: IdTokens, console: FakeConsole) -> None:
    token(service, console)
    audience = service.url.replace(":", "%3A").replace("/", "%2F")
    assert service.paths[0] == f"/idtoken/1?api-version=2.0&audience={audience}"


def test_the_token_is_asked_for_this_space_alone(service: IdTokens, console: FakeConsole) -> None:
    token(service, console)
    assert service.bodies[1] == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "subject_token": service.issued[0],
        "resource": "spaces/ada/rag",
    }


def test_both_tokens_are_masked(service: IdTokens, console: FakeConsole) -> None:
    token(service, console)
    assert {ACCESS_TOKEN, service.issued[0]} <= set(console.masks)


@pytest.mark.parametrize("name", ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
def test_without_the_permission_there_is_no_token(
    service: IdTokens, console: FakeConsole, name: str
) -> None:
    assert token(service, console, **{name: " "}) is None
    assert service.paths == []


@pytest.mark.parametrize("fault", [(502, b"<html>"), (429, b""), (200, b"[]"), (200, b'{"val')])
@pytest.mark.parametrize("before", [0, 1])
def test_a_passing_fault_is_asked_for_again(
    service: IdTokens, console: FakeConsole, before: int, fault: tuple[int, bytes]
) -> None:
    if before:
        service.faults = [(200, b'{"value": "cn-header.claims.cn-signature"}')]
    service.faults.append(fault)
    assert token(service, console) == Secret(ACCESS_TOKEN)


def test_a_refused_exchange_says_what_must_be_set(service: IdTokens, console: FakeConsole) -> None:
    service.faults = [
        (200, b'{"value": "cn-header.claims.cn-signature"}'),
        (400, b'{"error": "invalid_grant"}'),
    ]
    refused = refusal(service, console)
    assert (refused.exit, refused.status) == (Exit.HUB, 400)
    assert "invalid_grant" in refused.problems[0].message
    assert "Trusted Publisher" in refused.problems[0].hint
    assert "`hf-token`" in refused.problems[0].hint


def test_a_refused_identity_names_the_permission(service: IdTokens, console: FakeConsole) -> None:
    service.faults = [(403, b"{}")]
    refused = refusal(service, console)
    assert "GitHub said HTTP 403" in refused.problems[0].message
    assert "`permissions: id-token: write`" in refused.problems[0].hint


@pytest.mark.parametrize("address", ["http://[::1", "nowhere", "http://a b/", "ftp://x/y"])
def test_an_address_that_is_none_is_a_refusal(
    service: IdTokens, console: FakeConsole, address: str
) -> None:
    refused = refusal(service, console, ACTIONS_ID_TOKEN_REQUEST_URL=address)
    assert "gave no usable answer" in refused.problems[0].message


@pytest.mark.parametrize("before", [0, 1])
def test_a_token_is_never_sent_on_to_another_address(
    service: IdTokens, console: FakeConsole, before: int
) -> None:
    if before:
        service.faults = [(200, b'{"value": "cn-header.claims.cn-signature"}')]
    service.faults += [(307, b"")] * 9
    refusal(service, console)
    assert not any("elsewhere" in path for path in service.paths)
