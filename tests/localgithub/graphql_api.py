"""The GraphQL API: GitHub's schema, executed on the bare repositories.

The errors' ``type`` and ``message`` are the ones that GitHub was seen to send.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphql import GraphQLError, execute_sync, parse, validate

from tests.localgithub.repositories import Moved, Repository
from tests.localgithub.schema import schema


class Caller(Protocol):
    """What the API needs to know of the one who asks, and of the repositories."""

    def find(self, full_name: str) -> Repository | None: ...

    @property
    def writes(self) -> bool: ...

    @property
    def login(self) -> str: ...

    @property
    def before_commit(self) -> Callable[[Repository], None]: ...


class Refusal(Exception):
    """An error of the API with GitHub's ``type``."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


def answer(caller: Caller, body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON answer to a GraphQL request; its HTTP status is always 200."""
    try:
        document = parse(str(body.get("query", "")))
    except GraphQLError as error:
        return {"errors": [error.formatted]}
    if invalid := validate(schema(), document):
        return {"errors": [error.formatted for error in invalid]}
    result = execute_sync(
        schema(),
        document,
        root_value=_Root(caller),
        variable_values=dict(body.get("variables") or {}),
    )
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content["errors"] = [_formatted(error) for error in result.errors]
    return content


def _formatted(error: GraphQLError) -> dict[str, Any]:
    content = dict(error.formatted)
    if isinstance(error.original_error, Refusal):
        content["type"] = error.original_error.kind
    return content


class _Root:
    """Queries and mutations, resolved by name."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def viewer(self, _info: Any) -> dict[str, Any]:
        return {"__typename": "User", "login": self._caller.login}

    def repository(self, _info: Any, owner: str, name: str, **_more: Any) -> dict[str, Any]:
        found = self._find(f"{owner}/{name}")
        return {
            "nameWithOwner": found.full_name,
            "isArchived": found.archived,
            "ref": lambda _info, qualifiedName: _ref(found, qualifiedName),  # noqa: N803
            "defaultBranchRef": _ref(found, f"refs/heads/{found.default_branch}"),
            "object": lambda _info, **which: _object(found, **which),
        }

    def createCommitOnBranch(self, _info: Any, input: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._find(input["branch"]["repositoryNameWithOwner"])
        branch = input["branch"]["branchName"].removeprefix("refs/heads/")
        self._caller.before_commit(found)
        self._check(found, branch)
        made = _commit(found, branch, input)
        found.verified.add(made)
        return {"commit": _commit_node(found, made), "ref": _ref(found, f"refs/heads/{branch}")}

    def _find(self, full_name: str) -> Repository:
        found = self._caller.find(full_name)
        if found is None:
            words = f"Could not resolve to a Repository with the name '{full_name}'."
            raise Refusal("NOT_FOUND", words)
        return found

    def _check(self, found: Repository, branch: str) -> None:
        if not self._caller.writes:
            raise Refusal("FORBIDDEN", "Resource not accessible by integration")
        if found.head(branch) is None:
            raise Refusal("NOT_FOUND", f"No branch named '{branch}' in this repository.")
        if branch in found.protected:
            words = "Changes must be made through a pull request."
            raise Refusal("BRANCH_PROTECTION_RULE_VIOLATION", words)
        if branch in found.rulesets:
            words = (
                "Repository rule violations found\n\nChanges must be made through a pull request."
            )
            raise Refusal("UNPROCESSABLE", words)


def _commit(found: Repository, branch: str, given: dict[str, Any]) -> str:
    changes = given.get("fileChanges") or {}
    if changes.get("deletions"):
        raise Refusal("UNPROCESSABLE", "The local GitHub does not delete files.")
    try:
        additions = {
            one["path"]: base64.b64decode(one["contents"], validate=True)
            for one in changes.get("additions") or []
        }
    except binascii.Error:
        raise Refusal("UNPROCESSABLE", "A file's contents are not base64.") from None
    message = given["message"]["headline"]
    if body := given["message"].get("body"):
        message += f"\n\n{body}"
    expected = given["expectedHeadOid"]
    try:
        if found.head(branch) != expected:
            raise Moved
        return found.change(branch, additions, message=message, parent=expected)
    except Moved:
        words = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
        raise Refusal("STALE_DATA", words) from None


def _ref(found: Repository, name: str) -> dict[str, Any] | None:
    head = found.resolve(name if name.startswith("refs/") else f"refs/heads/{name}")
    if head is None:
        return None
    return {"name": name.removeprefix("refs/heads/"), "target": _commit_node(found, head)}


def _commit_node(found: Repository, revision: str) -> dict[str, Any]:
    return {
        "__typename": "Commit",
        "oid": revision,
        "url": f"https://local/{found.full_name}/commit/{revision}",
        "message": found.log(revision, 1)[0].message,
    }


def _object(found: Repository, expression: str = "", oid: str = "") -> dict[str, Any] | None:
    name, colon, path = expression.partition(":")
    revision = found.resolve(oid or name)
    if revision is None:
        return None
    if not colon:
        return _commit_node(found, revision)
    entry = found.entry(revision, path)
    if entry is None or entry[1] != "blob":
        return None
    content = found.blob(entry[2])
    binary = b"\0" in content
    text = None if binary else content.decode("utf-8", "replace")
    size = len(content)
    return {
        "__typename": "Blob",
        "oid": entry[2],
        "byteSize": size,
        "isBinary": binary,
        "text": text,
    }
