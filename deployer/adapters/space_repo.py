"""The Space's git repository through the Hub's commit API: one guarded commit, nothing else.

``create_commit`` and not ``upload_folder``: the latter hashes and names every file of the folder
again, and with xet splits above 256 files into several commits, each of which builds. What is sent
was compared with what was planned (staging.py), what is sent back with what the Hub lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.adapters.hub_client import HubClient
from deployer.adapters.staging import staged
from deployer.errors import HubRefused
from deployer.model import BundleFile, SpaceCommit, SpaceFile, SpaceId
from deployer.ports import Files

if TYPE_CHECKING:
    from huggingface_hub import (
        CommitOperationAdd,
        CommitOperationCopy,
        CommitOperationDelete,
        HfApi,
    )

    Operation = CommitOperationAdd | CommitOperationCopy | CommitOperationDelete

MAIN = "main"


class HubSpaceRepo:
    """``ports.SpaceRepo`` on the Hub. ``temp`` is the runner's folder for temporary files."""

    def __init__(self, client: HubClient, files: Files, *, workspace: Path, temp: Path) -> None:
        self.client = client
        self.files = files
        self.workspace = workspace
        self.temp = temp

    def tree(self, space: SpaceId, revision: str) -> tuple[SpaceFile, ...]:
        if not revision:
            return ()  # a Space without a commit

        from huggingface_hub.hf_api import RepoFile

        def request(api: HfApi) -> tuple[SpaceFile, ...]:
            entries = api.list_repo_tree(
                str(space), repo_type="space", revision=revision, recursive=True
            )
            return tuple(
                SpaceFile(
                    path=entry.path,
                    size=entry.size,
                    blob=entry.blob_id,
                    sha256=entry.lfs.sha256 if entry.lfs else None,
                )
                for entry in entries
                if isinstance(entry, RepoFile)
            )

        return self.client.call(f"list the files of {space}", request)

    def read(self, space: SpaceId, path: str, revision: str) -> bytes | None:
        def request(api: HfApi) -> bytes:
            return _content(api, space, path, revision)

        try:
            return self.client.call(f"read {path} of {space}", request)
        except HubRefused as refused:
            if refused.status == 404:
                return None
            raise

    def commit(
        self,
        space: SpaceId,
        *,
        add: Sequence[BundleFile],
        delete: Sequence[str],
        message: str,
        description: str,
        parent: str,
    ) -> str:
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        with staged(add, self.workspace, self.temp) as folder:
            # Deletions first: a file may have to give way to a folder of its name.
            operations: list[Operation] = [
                CommitOperationDelete(path_in_repo=path, is_folder=False) for path in delete
            ]
            operations += [
                CommitOperationAdd(path_in_repo=file.path, path_or_fileobj=folder / file.path)
                for file in add
            ]
            return self._send(space, operations, message, description, parent)

    def restore(
        self, space: SpaceId, *, revision: str, parent: str, message: str, description: str = ""
    ) -> str:
        from huggingface_hub import CommitOperationDelete

        wanted = {file.path: file for file in self.tree(space, revision)}
        there = {file.path: file for file in self.tree(space, parent)}
        operations: list[Operation] = [
            CommitOperationDelete(path_in_repo=path, is_folder=False)
            for path in sorted(there.keys() - wanted)
        ]
        operations += [
            self._copy(space, file, revision)
            for path, file in wanted.items()
            if path not in there or there[path].blob != file.blob
        ]
        return self._send(space, operations, message, description, parent)

    def history(self, space: SpaceId) -> tuple[SpaceCommit, ...]:
        return self._history(space, least=0)

    def _history(self, space: SpaceId, *, least: int) -> tuple[SpaceCommit, ...]:
        """The commits, newest first; fewer than ``least`` are no answer, and asked for again."""

        def request(api: HfApi) -> tuple[SpaceCommit, ...]:
            listed = api.list_repo_commits(str(space), repo_type="space", revision=MAIN)
            if len(listed) < least:
                raise LookupError("too few commits")
            return tuple(
                SpaceCommit(revision=each.commit_id, title=each.title, message=each.message)
                for each in listed
            )

        return self.client.call(f"list the commits of {space}", request)

    def _copy(self, space: SpaceId, file: SpaceFile, revision: str) -> Operation:
        """A file as it was. The Hub copies large ones itself; small ones are read and sent again,
        which is what the client's copy does, in three requests less.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationCopy

        if file.sha256 is not None:
            return CommitOperationCopy(
                src_path_in_repo=file.path, path_in_repo=file.path, src_revision=revision
            )

        def request(api: HfApi) -> bytes:
            content = _content(api, space, file.path, revision)
            if _blob(content) != file.blob:
                raise LookupError("other bytes than those that are listed")
            return content

        content = self.client.call(f"read {file.path} of {revision[:10]}", request)
        return CommitOperationAdd(path_in_repo=file.path, path_or_fileobj=content)

    def _send(
        self,
        space: SpaceId,
        operations: list[Operation],
        message: str,
        description: str,
        parent: str,
    ) -> str:
        """One commit, sent again only when an earlier try surely left no trace."""

        def request(api: HfApi) -> str:
            return api.create_commit(
                str(space),
                operations,
                commit_message=message,
                commit_description=description,
                repo_type="space",
                revision=MAIN,
                parent_commit=parent or None,
            ).oid

        doing = f"commit to {space}"
        for _ in range(3):
            try:
                return self.client.call(doing, request, again=_had_no_effect)
            except HubRefused as refused:
                landed = self._landed(space, message, description, parent, refused)
                if landed is not None:
                    return landed
                if refused.status not in (0, 408) and refused.status < 500:
                    raise
                last = refused
                self.client.clock.sleep(2.0)
        raise last

    def _landed(
        self, space: SpaceId, message: str, description: str, parent: str, refused: HubRefused
    ) -> str | None:
        """Our commit when it took effect although its answer was lost; the parent guards the rest.

        Raises with status 412 when somebody else's commit stands there instead.
        """
        if refused.status not in (0, 408, 412) and refused.status < 500:
            return None
        newest = self._history(space, least=1)[0]
        ours = newest.title == message and newest.message.strip() == description.strip()
        return newest.revision if ours and newest.revision != parent else None


def _had_no_effect(status: int) -> bool:
    """Whether a commit surely was not made: too many requests are turned away at the door."""
    return status == 429


def _content(api: HfApi, space: SpaceId, path: str, revision: str) -> bytes:
    """A file's bytes, by one request."""
    from huggingface_hub import get_session, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

    url = hf_hub_url(str(space), path, repo_type="space", revision=revision, endpoint=api.endpoint)
    response = get_session().get(url, headers=build_hf_headers(token=api.token))
    hf_raise_for_status(response)
    return bytes(response.content)


def _blob(content: bytes) -> str:
    """Git's name for these bytes."""
    named = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return named.hexdigest()
