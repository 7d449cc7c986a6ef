"""Git over HTTP: clone and push with git's own programs, and the LFS batch API.

Protocols: git's gitprotocol-http, git-lfs's docs/api (batch, basic transfers; no locks, so a 404).
"""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from localhub.api import answer, hub_of, payload, readable, route, token_of, writable
from localhub.large_files import LargeFiles
from localhub.refusals import Refusal
from localhub.space import Space

GIT = "/spaces/{owner}/{name}"
OBJECTS = GIT + "/info/lfs/objects"
LFS_JSON = {"Content-Type": "application/vnd.git-lfs+json"}
_SERVICES = ("git-upload-pack", "git-receive-pack")


async def advertise(request: Request) -> Response:
    """``GET …/info/refs?service=…``: the first request of every clone, fetch and push."""
    service = request.query_params.get("service", "")
    if service not in _SERVICES:
        raise Refusal(403, "Only git's smart protocol is spoken here")
    space = _allowed(request, service)
    output = await _git(request, space, service, "--advertise-refs")
    line = f"# service={service}\n".encode()
    body = b"%04x%s0000%s" % (len(line) + 4, line, output)
    return _git_answer(body, f"application/x-{service}-advertisement")


async def exchange(request: Request) -> Response:
    """``POST …/git-upload-pack`` and ``…/git-receive-pack``."""
    service = request.url.path.rpartition("/")[2]
    space = _allowed(request, service)
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if service == "git-upload-pack":
        output = await _git(request, space, service, feed=body)
    else:
        output = await _receive(request, space, body)
    return _git_answer(output, f"application/x-{service}-result")


async def _receive(request: Request, space: Space, body: bytes) -> bytes:
    """Take a push; whatever it added to ``main`` is one arrival."""
    repository = space.repository
    async with space.lock:
        before = await asyncio.to_thread(repository.head)
        output = await _git(request, space, "git-receive-pack", feed=body)
        after = await asyncio.to_thread(repository.head)
        if after and after != before:
            count = await asyncio.to_thread(repository.count, before, after)
            await hub_of(request).arrived(space, after, count)
    return output


def _allowed(request: Request, service: str) -> Space:
    """Who may not see is asked for credentials, so that git tries the ones it has."""
    try:
        return (writable if service == "git-receive-pack" else readable)(request)
    except Refusal as refusal:
        if refusal.status != 401:
            raise
        challenge = {"WWW-Authenticate": 'Basic realm="Authentication required"'}
        raise Refusal(401, refusal.message, headers=challenge) from None


async def _git(
    request: Request, space: Space, service: str, *flags: str, feed: bytes = b""
) -> bytes:
    token = token_of(request)
    hook = f"core.hooksPath={os.path.dirname(os.path.abspath(__file__))}/hooks"  # noqa: PTH100, PTH120
    process = await asyncio.create_subprocess_exec(
        "git",
        *("-c", hook),
        *(service.removeprefix("git-"), "--stateless-rpc", *flags, "."),
        cwd=space.repository.folder,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_COMMITTER_NAME": token.account if token else "anonymous",
            "GIT_COMMITTER_EMAIL": "local@localhost",
            "LOCALHUB_PYTHON": sys.executable,
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(feed)
    return output


def _git_answer(body: bytes, media: str) -> Response:
    return Response(body, 200, {"Cache-Control": "no-cache"}, media)


async def batch(request: Request) -> Response:
    """``POST …/info/lfs/objects/batch``: where each object goes or comes from."""
    body = await payload(request)
    upload = body.get("operation") == "upload"
    service = "git-receive-pack" if upload else "git-upload-pack"
    space = _allowed(request, service)
    store = hub_of(request).large_files
    base = f"{hub_of(request).options.url}/spaces/{space.name}.git/info/lfs/objects"
    token = request.headers.get("authorization")
    header = {"Authorization": token} if token else {}
    objects = [
        _transfer(item, base, header, store, upload=upload) for item in body.get("objects", [])
    ]
    shown = {"transfer": "basic", "hash_algo": "sha256", "objects": objects}
    return answer(shown, LFS_JSON)


def _transfer(
    item: dict[str, Any], base: str, header: dict[str, str], store: LargeFiles, *, upload: bool
) -> dict[str, Any]:
    """One object's actions: none for an upload of what is already here.

    Uploads carry no credentials of ours: the clients send none to a storage address, on the Hub
    a signed one; here the content must match its hash.
    """
    oid, size = str(item.get("oid")), item.get("size", 0)
    known = store.path(oid) is not None
    facts: dict[str, Any] = {"oid": oid, "size": size}
    if upload and not known:
        return facts | {"actions": {"upload": {"href": f"{base}/{oid}"}}}
    if upload:
        return facts
    if not known:
        return facts | {"error": {"code": 404, "message": "Object does not exist"}}
    return facts | {"actions": {"download": {"href": f"{base}/{oid}", "header": header}}}


async def store_object(request: Request) -> Response:
    """``PUT …/info/lfs/objects/{oid}``."""
    await hub_of(request).large_files.receive(request.path_params["oid"], request.stream())
    return Response(status_code=200)


async def fetch_object(request: Request) -> Response:
    """``GET …/info/lfs/objects/{oid}``."""
    readable(request)
    stored = hub_of(request).large_files.path(request.path_params["oid"])
    if stored is None:
        raise Refusal(404, "Object does not exist")
    return Response(await asyncio.to_thread(stored.read_bytes))


ROUTES = [
    route(GIT + "/info/refs", advertise),
    route(GIT + "/git-upload-pack", exchange, "POST"),
    route(GIT + "/git-receive-pack", exchange, "POST"),
    route(OBJECTS + "/batch", batch, "POST"),
    route(OBJECTS + "/{oid}", store_object, "PUT"),
    route(OBJECTS + "/{oid}", fetch_object),
]
