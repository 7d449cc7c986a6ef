"""What one commit has to bring, and what it must leave alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from deployer.model import BundleFile, SpaceFile
from deployer.release.difference import (
    HUB_OWNED,
    MANIFEST,
    Manifest,
    bundle_digest,
    compare,
    digest_of,
    read_manifest,
    with_manifest,
)


def ours(path: str, content: bytes = b"x") -> BundleFile:
    return BundleFile(path=path, digest=digest_of(content), content=content)


def stored(file: BundleFile, *, large: bool = False) -> SpaceFile:
    digest = file.digest
    blob = "0" * 40 if large else digest.blob
    return SpaceFile(
        path=file.path, size=digest.size, blob=blob, sha256=digest.sha256 if large else None
    )


def theirs(path: str) -> SpaceFile:
    return stored(ours(path, b"theirs"))


BUNDLE = with_manifest([ours("README.md"), ours("app/main.py"), ours("model.bin", b"\0" * 9)])


def test_digests_are_those_of_git_and_of_git_lfs() -> None:
    digest = digest_of(b"hello\n")
    assert digest.blob == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object
    assert digest.sha256.startswith("5891b5b522d5df086d0ff0b110fbd9d21bb4fc71")
    assert digest.size == 6


@pytest.mark.parametrize("large", [True, False])
def test_the_same_bundle_differs_in_nothing(large: bool) -> None:
    tree = [stored(file, large=large) for file in BUNDLE]
    assert compare(BUNDLE, [*tree, theirs(HUB_OWNED)], frozenset()).empty


def test_new_and_changed_files_are_told_apart() -> None:
    tree = [stored(BUNDLE[0]), replace(stored(BUNDLE[2]), blob="f" * 40)]
    difference = compare(BUNDLE, tree, frozenset())
    assert [file.path for file in difference.changed] == [BUNDLE[2].path]
    assert {file.path for file in difference.added} == {BUNDLE[1].path, BUNDLE[3].path}


def test_a_large_file_is_compared_by_its_content_and_not_by_its_pointer() -> None:
    changed = replace(stored(BUNDLE[3], large=True), sha256="f" * 64)
    tree = [*(stored(file) for file in BUNDLE[:3]), changed]
    assert [file.path for file in compare(BUNDLE, tree, frozenset()).changed] == ["model.bin"]


def test_what_we_brought_goes_and_what_we_did_not_bring_stays() -> None:
    tree = [*map(stored, BUNDLE), theirs("old.py"), theirs("data/by-hand.csv")]
    difference = compare(BUNDLE, tree, frozenset({"old.py", "README.md", "long-gone.py"}))
    assert difference.deleted == ("old.py",)
    assert difference.kept == ("data/by-hand.csv",)


@pytest.mark.parametrize("path", ["app", "README.md/notes.txt", "app/main.py/x/y"])
def test_a_foreign_file_in_the_way_of_ours_has_to_go(path: str) -> None:
    assert compare(BUNDLE, [theirs(path)], frozenset()).deleted == (path,)


@pytest.mark.parametrize("path", ["apple", "app/other.py", "README.md.bak"])
def test_a_foreign_file_beside_ours_stays(path: str) -> None:
    assert compare(BUNDLE, [theirs(path)], frozenset()).deleted == ()


def test_the_manifest_names_the_files_and_depends_on_nothing_else() -> None:
    manifest = next(file for file in BUNDLE if file.path == MANIFEST)
    assert read_manifest(manifest.content).files == {"README.md", "app/main.py", "model.bin"}
    again = with_manifest(list(BUNDLE))
    assert again == BUNDLE
    assert bundle_digest(BUNDLE) == json.loads(manifest.content or b"")["bundle"]
    assert bundle_digest(with_manifest([ours("README.md", b"y")])) != bundle_digest(BUNDLE)


def test_the_hubs_own_attributes_file_never_ships() -> None:
    files = with_manifest([ours(HUB_OWNED), ours("a")])
    assert [file.path for file in files] == [MANIFEST, "a"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"files": 3}',
        b'{"files": null}',
        b"\xff",
        b"[" * 100_000,
        b'{"files": [1, null, {}]}',
    ],
)
def test_a_manifest_that_can_not_be_read_names_nothing(content: bytes | None) -> None:
    assert read_manifest(content) == Manifest()


PATHS = st.lists(
    st.from_regex(r"[ab]{1,2}(/[ab]{1,2}){0,2}", fullmatch=True), max_size=6, unique=True
)


@given(mine=PATHS, there=PATHS, brought=PATHS)
def test_after_the_commit_there_is_nothing_left_to_do(
    mine: list[str], there: list[str], brought: list[str]
) -> None:
    def clash(path: str, others: list[str]) -> bool:
        return any(other.startswith(f"{path}/") for other in others)

    files = with_manifest([ours(path) for path in mine if not clash(path, mine)])
    tree = {path: theirs(path) for path in there}
    first = compare(files, tree.values(), frozenset(brought))
    for path in first.deleted:
        del tree[path]
    tree.update({file.path: stored(file) for file in (*first.added, *first.changed)})
    assert compare(files, tree.values(), frozenset(brought)).empty
    assert set(first.kept) <= set(there) - set(brought)
    assert not any(clash(path, list(tree)) for path in {file.path for file in files})
