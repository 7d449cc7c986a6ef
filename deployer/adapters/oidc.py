"""A Hub token for one Space and one hour, for the identity that GitHub vouches for.

Facts: the Hub's "Trusted Publishers" and RFC 8693 (the exchange), GitHub's "OpenID Connect
reference" (the request's address and token, which a job has with `id-token: write`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from deployer.adapters.hub_client import HubClient
from deployer.credentials.mask import masks_for_token
from deployer.errors import HubRefused
from deployer.model import Secret, SpaceId
from deployer.ports import Clock, Console

if TYPE_CHECKING:
    import httpx2

REQUEST_URL: Final = "ACTIONS_ID_TOKEN_REQUEST_URL"
REQUEST_TOKEN: Final = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"  # noqa: S105 - the variable's name
GRANT: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN: Final = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - a type's name
HOW_TO: Final = "Or give `hf-token`."


def publisher_token(
    environ: Mapping[str, str], space: SpaceId, *, endpoint: str, console: Console, clock: Clock
) -> Secret | None:
    """The token, masked; None where the job may not ask for one. Raises ``HubRefused``."""
    address, request_token = environ.get(REQUEST_URL, ""), environ.get(REQUEST_TOKEN, "")
    if not address.strip() or not request_token.strip():
        return None
    client = HubClient(
        endpoint=endpoint,
        token=None,
        clock=clock,
        scrub=console.scrub,
        speed=getattr(clock, "speed", 1.0),
    )
    identity = _minted(client, address.strip(), Secret(request_token.strip()))
    _mask(identity, console)
    token = _exchanged(client, space, identity)
    _mask(token, console)
    console.line(f"Signed in as a Trusted Publisher of {space}: a token for an hour, and for it.")
    return token


def _mask(secret: Secret, console: Console) -> None:
    for text in masks_for_token(secret.reveal()):
        console.mask(text)


def _minted(client: HubClient, address: str, request_token: Secret) -> Secret:
    """GitHub's word on which repository, branch and workflow this is, for this Hub alone."""

    def request(_: object) -> Secret:
        # Appended: the library's `params` would take the place of the query that is there.
        joint = "&" if urlsplit(address).query else "?"
        url = f"{address}{joint}audience={quote(client.endpoint, safe='')}"
        headers = {"Authorization": f"Bearer {request_token.reveal()}"}
        return _value(_sent("GET", url, headers=headers), "value")

    try:
        return client.call("vouch for this job", request)
    except HubRefused as refused:
        what = f"said HTTP {refused.status}" if refused.status else "gave no usable answer"
        raise HubRefused(
            f"GitHub {what} when asked for this job's ID token.",
            hint=f"Run the job again; it needs `permissions: id-token: write`. {HOW_TO}",
            status=refused.status,
        ) from None


def _exchanged(client: HubClient, space: SpaceId, identity: Secret) -> Secret:
    """The Hub's token for that word."""

    def request(_: object) -> Secret:
        content = {
            "grant_type": GRANT,
            "subject_token_type": ID_TOKEN,
            "subject_token": identity.reveal(),
            "resource": f"spaces/{space}",
        }
        return _value(_sent("POST", f"{client.endpoint}/oauth/token", json=content), "access_token")

    try:
        return client.call("exchange GitHub's ID token for a token", request)
    except HubRefused as refused:
        raise HubRefused(
            refused.problems[0].message,
            hint=refused.problems[0].hint if refused.passing else _not_trusted(space),
            status=refused.status,
        ) from None


def _not_trusted(space: SpaceId) -> str:
    return (
        f"No `hf-token` is given, so this job signed in by `id-token: write`. The Space {space} "
        "must exist, and its settings must name this repository, branch and workflow as a Trusted "
        f"Publisher. {HOW_TO}"
    )


def _sent(method: str, url: str, **content: Any) -> httpx2.Response:
    """The answer to one request; it is not followed elsewhere, as what it holds is secret."""
    import httpx2
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        get_session,
        hf_raise_for_status,
    )

    try:
        answer = get_session().request(method, url, follow_redirects=False, **content)
    except httpx2.InvalidURL:
        raise ValueError("no address") from None
    hf_raise_for_status(answer)
    return answer


def _value(answer: httpx2.Response, name: str) -> Secret:
    value = answer.json()[name]
    # It becomes a header: anything else would fail there, with the token in the message.
    if not re.fullmatch(r"[!-~]{8,20000}", value):
        raise ValueError("no token")
    return Secret(value)
