"""The API of what is in a Space's repository: trees, files and commits."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from localhub.api import (
    SPACE,
    answer,
    hub_of,
    next_page,
    number,
    payload,
    readable,
    revision_of,
    route,
)
from localhub.refusals import no_such_entry
from localhub.repository import Entry, Revision
from localhub.space import Space

PAGE_ENTRIES = 1000


async def tree(request: Request) -> Response:
    """``GET …/tree/{rev}[/path]``, in pages that a ``Link`` header joins."""
    space, query = readable(request), request.query_params
    sha, path = await _revision_and_path(request, space)
    recursive = query.get("recursive", "").lower() in ("true", "1")
    entries = await asyncio.to_thread(space.repository.entries, sha, path, recursive=recursive)
    if entries is None:
        raise no_such_entry(path, sha)
    start, limit = number(query.get("cursor"), 0), number(query.get("limit"), PAGE_ENTRIES)
    page = entries[start : start + limit]
    expand = query.get("expand", "").lower() in ("true", "1")
    shown = await asyncio.to_thread(_shown, space, sha, page, expand=expand)
    more = len(entries) > start + limit
    return answer(shown, next_page(request, cursor=start + limit) if more else {})


async def paths_info(request: Request) -> Response:
    """``POST …/paths-info/{rev}``: form-encoded from Python, JSON from npm."""
    space = readable(request)
    sha = await revision_of(request, space)
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await payload(request)
        paths, expand = body.get("paths", []), bool(body.get("expand"))
    else:
        form = parse_qs((await request.body()).decode())
        paths = form.get("paths", [])
        expand = form.get("expand", [""])[0].lower() == "true"
    found = await asyncio.to_thread(space.repository.lookup, sha, paths)
    return answer(await asyncio.to_thread(_shown, space, sha, found, expand=expand))


def _shown(
    space: Space, sha: str, entries: Sequence[Entry], *, expand: bool
) -> list[dict[str, Any]]:
    rows = []
    for entry in entries:
        row: dict[str, Any] = {"type": entry.kind, "oid": entry.oid, "size": entry.size}
        row["path"] = entry.path
        if entry.pointer:
            size = len(entry.pointer.text())
            row["lfs"] = {"oid": entry.pointer.oid, "size": entry.size, "pointerSize": size}
        if expand:
            last = space.repository.history(sha, limit=1, path=entry.path)[0]
            row["lastCommit"] = {"id": last.sha, "title": last.title, "date": _date(last)}
        rows.append(row)
    return rows


async def history(request: Request) -> Response:
    """``GET …/commits/{rev}``, newest first, in pages."""
    space, query = readable(request), request.query_params
    sha = await revision_of(request, space)
    limit, page = number(query.get("limit"), 50), number(query.get("p"), 0)
    found = await asyncio.to_thread(
        space.repository.history, sha, skip=page * limit, limit=limit + 1
    )
    rows = [
        {
            "id": one.sha,
            "title": one.title,
            "message": one.message,
            "authors": [{"user": one.author, "avatar": ""}],
            "date": _date(one),
        }
        for one in found[:limit]
    ]
    return answer(rows, next_page(request, p=page + 1) if len(found) > limit else {})


async def resolve(request: Request) -> Response:
    """``GET`` and ``HEAD /spaces/{id}/(resolve|raw)/{rev}/{path}``, with ranges (npm's client)."""
    space = readable(request)
    sha, path = await _revision_and_path(request, space)
    found = await asyncio.to_thread(space.repository.lookup, sha, [path])
    if not found or found[0].kind != "file":
        raise no_such_entry(path, request.path_params["revision"])
    entry, raw = found[0], "/raw/" in request.url.path
    headers = {"X-Repo-Commit": sha, "ETag": f'"{entry.oid}"', "Accept-Ranges": "bytes"}
    media = mimetypes.guess_type(path)[0] or "text/plain"
    stored = hub_of(request).large_files.path(entry.pointer.oid) if entry.pointer else None
    if entry.pointer and stored and not raw:
        linked = {"X-Linked-ETag": f'"{entry.pointer.oid}"', "X-Linked-Size": str(entry.size)}
        return FileResponse(stored, media_type=media, headers={**headers, **linked})
    content = await asyncio.to_thread(space.repository.read, sha, path) or b""
    return _ranged(request, content, media, headers)


def _ranged(request: Request, content: bytes, media: str, headers: dict[str, str]) -> Response:
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not asked or int(asked[1]) >= max(1, len(content)):
        return Response(content, 200, headers, media)
    first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
    span = {"Content-Range": f"bytes {first}-{max(first, last)}/{len(content)}"}
    return Response(content[first : last + 1], 206, {**headers, **span}, media)


async def _revision_and_path(request: Request, space: Space) -> tuple[str, str]:
    """Split ``{rev}/{path}``: the client quotes slashes in a revision, but servers see them."""
    parts = request.path_params["revision"].strip("/").split("/")
    for end in range(1, len(parts) + 1):
        found = await asyncio.to_thread(space.repository.find, "/".join(parts[:end]))
        if found:
            request.path_params["revision"] = "/".join(parts[:end])
            return found, "/".join(parts[end:])
    request.path_params["revision"] = parts[0]
    return await revision_of(request, space), ""


def _date(revision: Revision) -> str:
    return revision.date.strftime("%Y-%m-%dT%H:%M:%S.000Z")


ROUTES = [
    route(SPACE + "/tree/{revision:path}", tree),
    route(SPACE + "/paths-info/{revision:path}", paths_info, "POST"),
    route(SPACE + "/commits/{revision:path}", history),
    route("/spaces/{owner}/{name}/resolve/{revision:path}", resolve),
    route("/spaces/{owner}/{name}/raw/{revision:path}", resolve),
]
