"""The Hub's register: which Spaces exist, who may see and change them, and where they answer."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localhub import pages
from localhub.accounts import Accounts, Token
from localhub.counts import Quirks
from localhub.front import Front, Page
from localhub.large_files import LargeFiles
from localhub.refusals import Refusal, no_such_repository
from localhub.repository import Change
from localhub.runner import Runner
from localhub.space import Setting, Settings, Space, load_settings

_NAME = re.compile(r"(?!.*(--|\.\.))[A-Za-z0-9_][\w.-]{0,94}[A-Za-z0-9_]|[A-Za-z0-9_]", re.ASCII)
_KEY = re.compile(r"[a-zA-Z][_a-zA-Z0-9]*")
_LARGE = (  # the extensions that a new repository sends to the large-file store
    "7z,arrow,bin,bz2,ckpt,ftz,gz,h5,joblib,lfs.*,mlmodel,model,msgpack,npy,npz,onnx,ot,parquet,"
    "pb,pickle,pkl,pt,pth,rar,safetensors,tar.*,tar,tflite,tgz,wasm,xz,zip,zst"
)
QUOTA = (
    "You've reached your cpu-basic quota limit, please upgrade your account, or pause your "
    "previous Spaces"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one local Hub is set up. ``url`` is what clients use to reach it."""

    data: Path
    bind: str
    public_host: str
    url: str


class Hub:
    """All Spaces of one local Hub."""

    def __init__(
        self, *, options: Options, accounts: Accounts, runner: Runner, quirks: Quirks
    ) -> None:
        self.options, self.accounts, self.quirks = options, accounts, quirks
        self.ending = False
        self.large_files = LargeFiles(options.data / "large-files")
        self._runner = runner
        self._spaces: dict[str, Space] = {}
        self._fronts: dict[str, Front] = {}

    async def open(self) -> None:
        """Bring back the Spaces of an earlier run in the same data folder."""
        for kept in sorted((self.options.data / "spaces").glob("*/*/settings.json")):
            folder = kept.parent
            name = f"{folder.parent.name}/{folder.name}"
            space = await self._admit(name, folder, load_settings(folder))
            if head := await asyncio.to_thread(space.repository.head):
                space.life.commit(head)

    def end_logs(self) -> None:
        """Let everybody who follows a log or events go, so that the server can end at once."""
        self.ending = True
        for space in self._spaces.values():
            space.life.build_log.close()
            space.life.run_log.close()

    async def close(self) -> None:
        """Stop every app and every front."""
        spaces, fronts = list(self._spaces.values()), list(self._fronts.values())
        await asyncio.gather(*(front.close() for front in fronts))
        await asyncio.gather(*(space.life.close() for space in spaces))

    def spaces(self) -> list[Space]:
        """Every Space, by name."""
        return [self._spaces[name] for name in sorted(self._spaces)]

    def peek(self, name: str) -> Space | None:
        """A Space by name, whoever asks."""
        return self._spaces.get(name)

    def readable(self, name: str, token: Token | None) -> Space:
        """The Space, if the token's owner may see its repository."""
        space = self._spaces.get(name)
        hidden = space is None or space.settings.visibility != "public"
        if space is None or (hidden and not self.accounts.belongs(token, name)):
            raise no_such_repository(signed_in=token is not None)
        return space

    def writable(self, name: str, token: Token | None) -> Space:
        """The Space, if the token may change it; 403 to those who may only see it."""
        space = self.readable(name, token)
        if token is None:
            raise Refusal(401, "Invalid username or password.")
        if not self.accounts.may_write(token, name):
            reason = "you must use a write token" if token.role == "read" else "no write access"
            raise Refusal(403, f"You don't have write access to this repository: {reason}")
        return space

    async def create(
        self, name: str, token: Token | None, settings: Settings, files: Sequence[Change]
    ) -> Space:
        """A new Space with the Hub's first commit; 409 when there is one of that name."""
        self._may_create(name, token, settings)
        if name in self._spaces:
            url = {"url": self.page_url(name)}
            raise Refusal(409, "You already created this space repo", extra=url)
        folder = self.options.data / "spaces" / name
        space = await self._admit(name, folder, settings)
        await asyncio.to_thread(self._first_commit, space, files)
        space.save()
        return space

    async def delete(self, space: Space) -> None:
        """Stop and remove a Space."""
        self._spaces.pop(space.name, None)
        if front := self._fronts.pop(space.name, None):
            await front.close()
        await space.life.close()
        shutil.rmtree(self.options.data / "spaces" / space.name, ignore_errors=True)

    async def restart(self, space: Space, *, factory: bool) -> None:
        """Restart or wake; a free account has no quota left for that."""
        if not self.accounts.runs_docker(space.owner):
            raise Refusal(403, QUOTA)
        space.life.restart(factory=factory)

    async def arrived(self, space: Space, revision: str, commits: int) -> None:
        """New commits on ``main``: built, unless the owner's plan runs no Docker Spaces."""
        if commits and not self.accounts.runs_docker(space.owner):
            await space.life.rest("PAUSED")
        space.arrived(revision, commits)

    def page_url(self, name: str) -> str:
        """The Space's page."""
        return f"{self.options.url}/spaces/{name}"

    def _may_create(self, name: str, token: Token | None, settings: Settings) -> None:
        owner, _, repository = name.partition("/")
        if token is None or token.files_only:
            raise Refusal(401, "Invalid username or password.")
        if not _NAME.fullmatch(repository) or repository.endswith(".git"):
            raise Refusal(400, f"Invalid repository name: {repository!r}")
        if not self.accounts.may_write(token, name):
            text = f'You don\'t have the rights to create a space under the namespace "{owner}"'
            raise Refusal(403, text)
        if settings.sdk != "static" and not self.accounts.runs_docker(owner):
            text = "Docker and Gradio Spaces need a PRO subscription or a Team plan"
            raise Refusal(402, f"Payment required: {text}")

    async def _admit(self, name: str, folder: Path, settings: Settings) -> Space:
        space = Space(
            name=name,
            folder=folder,
            settings=settings,
            runner=self._runner,
            large_files=self.large_files,
            quirks=self.quirks,
        )
        self._spaces[name] = space
        front = self._fronts[name] = Front(lambda headers: self._door(space, headers))
        port = await front.open(self.options.bind)
        space.host = f"http://{self.options.public_host}:{port}"
        return space

    def _door(self, space: Space, headers: dict[str, str]) -> tuple[str, int] | Page:
        """Who may see the app, and what is seen while there is none."""
        if space.private and not self._owns(space, headers):
            return Page(status="404 Not Found", html=pages.app_not_found())
        address = space.life.visit()
        if address is None:
            html = pages.waiting(space.name, space.life.stage, space.life.error)
            return Page(status="503 Service Unavailable", html=html)
        return address

    def _owns(self, space: Space, headers: dict[str, str]) -> bool:
        for name in ("x-hf-authorization", "authorization"):
            try:
                token = self.accounts.identify(headers, name)
            except Refusal:
                continue
            if self.accounts.belongs(token, space.name):
                return True
        return False

    def _first_commit(self, space: Space, given: Sequence[Change]) -> None:
        rules = "".join(
            f"*.{name} filter=lfs diff=lfs merge=lfs -text\n" for name in _LARGE.split(",")
        )
        title = space.name.partition("/")[2].replace("-", " ").replace("_", " ").title()
        readme = (
            f"---\ntitle: {title!r}\nemoji: 🚀\ncolorFrom: blue\ncolorTo: indigo\n"
            f"sdk: {space.settings.sdk}\npinned: false\n---\n"
        )
        files = {".gitattributes": rules, "README.md": readme}
        space.repository.create()
        space.life.head = space.repository.commit(
            [*(Change(path=path, content=text.encode()) for path, text in files.items()), *given],
            message="initial commit",
            author=space.owner,
        )


def read_settings(rows: Any) -> dict[str, Setting]:
    """Secrets or variables of a create request: ``[{key, value, description?}]``."""
    return dict(read_setting(row) for row in rows or [])


def read_setting(row: Mapping[str, Any]) -> tuple[str, Setting]:
    """One secret or variable of a request; a bad name is refused with 400."""
    key, value = row.get("key"), row.get("value", "")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or not isinstance(value, str):
        raise Refusal(400, f"Invalid key {key!r}: must match ^[a-zA-Z][_a-zA-Z0-9]*$")
    return key, Setting(value=value, description=row.get("description") or None)
