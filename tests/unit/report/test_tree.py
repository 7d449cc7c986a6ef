"""The tree of a bundle."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from deployer.model import BundleFile, Digest
from deployer.report.tree import amount, plain, size, tree


def files(sizes: Mapping[str, int], made: str = "") -> list[BundleFile]:
    return [
        BundleFile(
            path=path,
            digest=Digest(size=count, blob="b", sha256="s"),
            source=None if path == made else path,
        )
        for path, count in sizes.items()
    ]


def shown(sizes: Mapping[str, int], most: int = 100, made: str = "") -> list[str]:
    return [" ".join(line.split()) for line in tree(files(sizes, made), most)]


def test_folders_come_first_each_with_the_sum_of_what_is_below() -> None:
    assert tree(files({"a/b/c.py": 1, "a/d.py": 2048, "e": 0}), 100) == [
        "     2.0 KiB  a/",
        "      1 byte    b/",
        "      1 byte      c.py",
        "     2.0 KiB    d.py",
        "     0 bytes  e",
    ]


def test_a_made_file_is_marked() -> None:
    assert shown({"Dockerfile": 1, "a.py": 1}, made="Dockerfile") == [
        "1 byte Dockerfile (made)",
        "1 byte a.py",
    ]


def test_a_folder_without_room_stays_closed_and_says_how_much_it_holds() -> None:
    sizes = {f"data/{number}.json": 1024 for number in range(50)} | {"app/main.py": 1, "x": 1}
    assert shown(sizes, most=10) == [
        "1 byte app/",
        "1 byte main.py",
        "50.0 KiB data/ (50 files)",
        "1 byte x",
    ]


def test_where_there_is_room_for_one_folder_only_it_is_the_one_with_less_in_it() -> None:
    sizes = {f"a/{number}": 1 for number in range(5)} | {"b/x": 1, "b/y": 1}
    assert shown(sizes, most=5) == ["5 bytes a/ (5 files)", "2 bytes b/", "1 byte x", "1 byte y"]


def test_a_root_with_too_many_files_is_cut_and_the_rest_is_summed() -> None:
    lines = shown({f"{number:03}": 10 for number in range(30)}, most=5)
    assert lines == [*(f"10 bytes {number:03}" for number in range(5)), "250 bytes … and 25 more"]


@pytest.mark.parametrize("most", [1, 7, 40])
def test_no_tree_is_much_longer_than_it_may_be(most: int) -> None:
    sizes = {f"{a}/{b}/{c}": 1 for a in range(9) for b in range(9) for c in range(9)}
    assert len(tree(files(sizes), most)) <= most + 1


def test_a_name_stays_on_its_line() -> None:
    assert shown({"a\n::error::b\x1b[0m": 1}) == [r"1 byte a\n::error::b\x1b[0m"]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB")],
)
def test_sizes_read_well(count: int, said: str) -> None:
    assert size(count) == said


def test_amounts_read_well() -> None:
    assert (amount(1, "file"), amount(0, "file")) == ("1 file", "0 files")


def test_what_can_be_shown_is_shown() -> None:
    assert plain("ü 목록 `|` \u202e") == "ü 목록 `|` \\u202e"
