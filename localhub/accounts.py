"""Who a token belongs to, and what it may do."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from localhub.refusals import Refusal

ROLES = ("read", "write")
NOT_TRUSTED = "No trusted publisher of this repository matches the claims of the token"
PLANS = ("free", "pro", "team", "enterprise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token. ``scope`` limits it to one Space, as a fine-grained token can be.

    ``files_only``: a Trusted Publisher's, which writes files and neither configures nor restarts.
    """

    account: str
    value: str
    role: str
    scope: str | None = None
    files_only: bool = False

    def __repr__(self) -> str:
        return f"Token(account={self.account!r}, role={self.role!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person or an organization, with the plan that decides what it may run."""

    name: str
    plan: str
    members: tuple[str, ...] = ()


class Accounts:
    """The accounts and tokens that one local Hub knows."""

    def __init__(self, accounts: Iterable[Account], tokens: Iterable[Token]) -> None:
        self._accounts = {account.name: account for account in accounts}
        self._tokens = {token.value: token for token in tokens}
        self._publishers: dict[str, str] = {}

    def get(self, name: str) -> Account | None:
        """The account of that name."""
        return self._accounts.get(name)

    def change_plan(self, name: str, plan: str) -> None:
        """Move an account to another plan, as an expired subscription does."""
        self._accounts[name] = replace(self._accounts[name], plan=plan)

    def organizations(self, person: str) -> list[Account]:
        """The organizations that a person belongs to."""
        return [account for account in self._accounts.values() if person in account.members]

    def runs_docker(self, namespace: str) -> bool:
        """Docker Spaces need a paid plan (documentation of 2026-07)."""
        account = self.get(namespace)
        return account is not None and account.plan != "free"

    def trust(self, space: str, repository: str) -> None:
        """Name a repository as the Trusted Publisher of a Space."""
        self._publishers[space] = repository

    def exchange(self, space: str, repository: str) -> Token:
        """A token for a Space's files; 400 for a repository that isn't its publisher."""
        if self._publishers.get(space) != repository:
            raise Refusal(400, "invalid_grant", extra={"error_description": NOT_TRUSTED})
        token = Token(
            account=space.partition("/")[0],
            value=f"hf_jwt_{secrets.token_urlsafe(48)}",
            role="write",
            scope=space,
            files_only=True,
        )
        self._tokens[token.value] = token
        return token

    def identify(self, headers: Mapping[str, str], name: str = "authorization") -> Token | None:
        """The token of a request: Bearer, or Basic with the token as password (git).

        None without credentials; a token that nobody knows is refused with 401.
        """
        value = _credentials(headers.get(name, ""))
        if not value:
            return None
        token = self._tokens.get(value)
        if token is None:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return token

    def belongs(self, token: Token | None, space: str) -> bool:
        """Whether the token's account owns the Space, itself or through an organization."""
        if token is None or token.scope not in (None, space):
            return False
        namespace = space.partition("/")[0]
        account = self.get(namespace)
        return account is not None and (
            token.account == namespace or token.account in account.members
        )

    def may_write(self, token: Token | None, space: str) -> bool:
        """Whether the token may change the Space."""
        return token is not None and token.role == "write" and self.belongs(token, space)


def _credentials(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return value
    return ""
