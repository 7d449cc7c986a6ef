"""The workspace on disk: what is walked, read, measured and written."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.errors import Exit, Refused
from deployer.model import WorkspaceEntry, WorkspaceKind


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("secret")
    root = tmp_path / "workspace"
    (root / "b/deep").mkdir(parents=True)
    (root / "b/deep/file.txt").write_text("hello\n")
    (root / "a.txt").write_text("a")
    (root / "link.txt").symlink_to("a.txt")
    (root / "out").symlink_to("..")
    return root


def everything(root: Path, folder: str = ".") -> list[WorkspaceEntry]:
    return list(Workspace(root).walk(folder, lambda _: True))


def test_a_walk_yields_parents_first_and_sorted(root: Path) -> None:
    paths = [entry.path for entry in everything(root)]
    assert paths == ["a.txt", "b", "b/deep", "b/deep/file.txt", "link.txt", "out"]


def test_a_walk_tells_kinds_sizes_and_targets(root: Path) -> None:
    found = {entry.path: entry for entry in everything(root)}
    assert (found["b"].kind, found["b"].size) == (WorkspaceKind.FOLDER, 0)
    assert (found["a.txt"].kind, found["a.txt"].size) == (WorkspaceKind.FILE, 1)
    assert (found["out"].kind, found["out"].target) == (WorkspaceKind.LINK, "..")


def test_a_walk_enters_only_what_it_is_told_to(root: Path) -> None:
    paths = [entry.path for entry in Workspace(root).walk("b", lambda path: path != "b/deep")]
    assert paths == ["b/deep"]


@pytest.mark.parametrize("folder", ["nowhere", "out", "out/workspace", "a.txt"])
def test_there_is_nothing_in_a_missing_folder_a_link_or_a_file(root: Path, folder: str) -> None:
    assert everything(root, folder) == []


@pytest.mark.parametrize("path", ["nowhere", "b", "link.txt", "out/outside.txt", "a.txt/x"])
def test_only_a_plain_file_is_read(root: Path, path: str) -> None:
    assert Workspace(root).read(path) is None


@pytest.mark.parametrize("path", ["../outside.txt", "b/../../outside.txt", "/etc/passwd"])
def test_a_path_that_leaves_the_workspace_is_refused(root: Path, path: str) -> None:
    files = Workspace(root)
    for use in (files.read, files.digest, lambda p: files.write(p, b"")):
        with pytest.raises(Refused) as caught:
            use(path)
        assert caught.value.exit is Exit.CONFIGURATION


@pytest.mark.parametrize(
    "content",
    [b"", b"hello\n", b"\0" * (3 * 1024 * 1024 + 1), b"of two threads" * 700_000],
    ids=["empty", "short", "several chunks", "two threads"],
)
def test_a_digest_is_that_of_git_and_git_lfs(root: Path, content: bytes) -> None:
    (root / "x").write_bytes(content)
    found = Workspace(root).digest("x")
    told = subprocess.run(
        ["git", "hash-object", str(root / "x")], capture_output=True, text=True, check=True
    )
    assert (found.size, found.blob) == (len(content), told.stdout.strip())
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_is_replaced_and_keeps_its_mode(root: Path) -> None:
    (root / "a.txt").chmod(0o755)
    Workspace(root).write("a.txt", b"new")
    assert (root / "a.txt").read_bytes() == b"new"
    assert (root / "a.txt").stat().st_mode & 0o777 == 0o755
    assert sorted(place.name for place in root.iterdir()) == ["a.txt", "b", "link.txt", "out"]


def test_a_new_file_is_written_with_its_folders(root: Path) -> None:
    Workspace(root).write("c/d.txt", b"new")
    assert (root / "c/d.txt").read_bytes() == b"new"


@pytest.mark.parametrize("path", ["link.txt", "out/outside.txt"])
def test_nothing_is_written_through_a_link(root: Path, path: str) -> None:
    with pytest.raises(Refused):
        Workspace(root).write(path, b"new")
    assert (root / "a.txt").read_text() == "a"
    assert (root.parent / "outside.txt").read_text() == "secret"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A workspace with a folder and a file of somebody else's, seen by a user who isn't root."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "data").mkdir()
        (root / "data/table").write_text("x")
        (root / "main.py").write_text("app = 1\n")
        root.chmod(0o755)
        (root / "data").chmod(0)
        (root / "main.py").chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield root
        finally:
            os.seteuid(user)
            (root / "data").chmod(0o755)


def test_a_folder_that_is_closed_to_this_user_is_passed_over(closed: Path) -> None:
    assert [entry.path for entry in everything(closed)] == ["data", "main.py"]
    assert Workspace(closed).read("data/table") is None


def test_a_file_that_is_closed_to_this_user_is_told_and_not_a_bug(closed: Path) -> None:
    for what in (Workspace(closed).read, Workspace(closed).digest):
        with pytest.raises(Refused, match="may not be read") as refused:
            what("main.py")
        assert refused.value.problems[0].exit is Exit.BUNDLE
    with pytest.raises(Refused, match="may not be read"):
        Workspace(closed).digest("data/table")
