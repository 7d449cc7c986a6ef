"""The API of commits: what the Hub checks before one, and the commit itself."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from localhub import commits, front_matter
from localhub.api import SPACE, answer, hub_of, payload, revision_of, route, token_of, writable
from localhub.push_rules import LARGE_BYTES
from localhub.refusals import Refusal
from localhub.repository import Entry
from localhub.space import Space

MOVED = "A commit has happened since. Please refresh and try again."


async def validate_yaml(request: Request) -> Response:
    """``POST /api/validate-yaml``: the rules of the front matter."""
    content = str((await payload(request)).get("content", ""))
    errors = [{"message": text} for text in front_matter.problems(content)]
    warnings = [{"message": text} for text in front_matter.warnings(content)]
    status = 400 if errors else 200
    headers = {"X-Error-Message": errors[0]["message"].splitlines()[0]} if errors else {}
    return answer({"errors": errors, "warnings": warnings}, headers, status)


async def preupload(request: Request) -> Response:
    """``POST …/preupload/{rev}``: per file regular or LFS, ignored or not, and what is there."""
    space, body = writable(request), await payload(request)
    sha = await revision_of(request, space)
    files = body.get("files")
    if not isinstance(files, list) or not all(isinstance(f, dict) for f in files):
        raise Refusal(400, 'Invalid input: "files" must be an array')
    return answer(await asyncio.to_thread(_modes, space, sha, files, body))


def _modes(
    space: Space, sha: str, files: Sequence[dict[str, Any]], body: dict[str, Any]
) -> dict[str, Any]:
    repository = space.repository
    stored = (repository.read(sha, commits.ATTRIBUTES) or b"").decode("utf-8", "replace")
    large = commits.is_large(body.get("gitAttributes") or stored)
    rules = body.get("gitIgnore")
    rules = rules.encode() if rules is not None else repository.read(sha, ".gitignore") or b""
    paths = [str(file["path"]) for file in files]
    ignored = repository.ignored(rules, paths) if rules.strip() else set()
    there = {entry.path: entry for entry in repository.lookup(sha, paths)}
    return {
        "files": [
            {
                "path": path,
                "uploadMode": "lfs" if large(path) or _is_large(file) else "regular",
                "shouldIgnore": path in ignored,
                **_present(there.get(path)),
            }
            for path, file in zip(paths, files, strict=True)
        ],
        "commitOid": sha,
    }


def _is_large(file: dict[str, Any]) -> bool:
    """Big or binary, by the size and the first bytes that the client sends."""
    sample = base64.b64decode(file.get("sample") or "")
    return file.get("size", 0) > LARGE_BYTES or b"\0" in sample


def _present(entry: Entry | None) -> dict[str, str]:
    if entry is None or entry.kind != "file":
        return {}
    return {"oid": entry.pointer.oid if entry.pointer else entry.oid}


async def commit(request: Request) -> Response:
    """``POST …/commit/{branch}``: one commit; 412 when ``parentCommit`` isn't the head any more."""
    space, token = writable(request), token_of(request)
    if request.query_params.get("create_pr") == "1":
        raise Refusal(403, "This local Hub has no pull requests")
    wanted = commits.parse(await request.body(), hub_of(request).large_files)
    branch = request.path_params["revision"].removeprefix("refs/heads/")
    async with space.lock:
        head = await revision_of(request, space)
        if wanted.parent and not head.startswith(wanted.parent):
            raise Refusal(412, MOVED)
        author = token.account if token else ""
        sha = await asyncio.to_thread(_write, space, head, wanted, branch, author)
        if branch == "main":
            await hub_of(request).arrived(space, sha, 1)
    url = f"{hub_of(request).page_url(space.name)}/commit/{sha}"
    return answer({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})


def _write(space: Space, head: str, wanted: commits.CommitRequest, branch: str, author: str) -> str:
    repository = space.repository
    stored = (repository.read(head, commits.ATTRIBUTES) or b"").decode("utf-8", "replace")
    changes = commits.with_attributes(wanted, stored)
    for change in changes:
        if change.path == "README.md" and change.content is not None:
            _check_readme(change.content)
    return repository.commit(changes, message=wanted.message, author=author, branch=branch)


def _check_readme(content: bytes) -> None:
    if wrong := front_matter.problems(content.decode("utf-8", "replace")):
        raise Refusal(400, "Invalid metadata in README.md: " + "; ".join(wrong))


ROUTES = [
    route("/api/validate-yaml", validate_yaml, "POST"),
    route(SPACE + "/preupload/{revision:path}", preupload, "POST"),
    route(SPACE + "/commit/{revision:path}", commit, "POST"),
]
