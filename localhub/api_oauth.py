"""The exchange of a CI system's ID token for a token of the Hub (Trusted Publishers, RFC 8693).

A local Hub reads the claims and does not verify the signature: it has no issuer to ask.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from localhub.api import answer, hub_of, payload, route
from localhub.refusals import Refusal

LIFETIME = 3600  # seconds
EXPECTED = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}


async def exchange(request: Request) -> Response:
    """``POST /oauth/token``."""
    body, hub = await payload(request), hub_of(request)
    kind, _, space = str(body.get("resource", "")).partition("/")
    if kind != "spaces" or any(body.get(name) != value for name, value in EXPECTED.items()):
        raise _refusal("invalid_request", "Expected a token exchange for spaces/NAMESPACE/NAME")
    claims = _claims(str(body.get("subject_token", "")))
    if claims.get("aud") != hub.options.url:
        raise _refusal("invalid_grant", f"The audience must be {hub.options.url}")
    token = hub.accounts.exchange(space, str(claims.get("repository")))
    return answer({"access_token": token.value, "token_type": "bearer", "expires_in": LIFETIME})


def _claims(token: str) -> dict[str, Any]:
    try:
        _, claims, _ = token.split(".")
        found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _refusal("invalid_grant", "The subject token is no JWT")
    return found


def _refusal(code: str, description: str) -> Refusal:
    return Refusal(400, code, extra={"error_description": description})


ROUTES = [route("/oauth/token", exchange, "POST")]
