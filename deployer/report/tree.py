"""A bundle's files as a tree that fits a given number of lines, every folder with its sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from deployer.model import BundleFile


class _Node(Struct):
    name: str
    size: int = 0
    count: int = 0
    made: bool = False
    below: dict[str, _Node] = field(default_factory=dict)
    opened: bool = False

    @property
    def children(self) -> list[_Node]:
        """Folders first, then files, each by name."""
        return sorted(self.below.values(), key=lambda node: (not node.below, node.name))


def tree(files: Iterable[BundleFile], most: int) -> list[str]:
    """Lines of size, name and whether we made it; at most about ``most``.

    What is too much is told by sums: the deepest and fullest folders stay closed.
    """
    root = _grown(files)
    _open(root, most)
    return list(_lines(root, 0, most))


def size(count: int) -> str:
    """Bytes as a person reads them."""
    if count == 1:
        return "1 byte"
    number = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"


def amount(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plain(text: str) -> str:
    """A name on one line, with what no screen shows spelt out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _grown(files: Iterable[BundleFile]) -> _Node:
    root = _Node("")
    for file in files:
        node = root
        for part in file.path.split("/"):
            node.size += file.digest.size
            node.count += 1
            node = node.below.setdefault(part, _Node(part))
        node.size, node.made = file.digest.size, file.source is None
    return root


def _open(root: _Node, most: int) -> None:
    """Open folders from the top down, as long as there is room for what is in them.

    Those with little in them come first: code has few files in a folder, data has many.
    """
    level, room = [root], most
    while level:
        opened = []
        for node in sorted(level, key=lambda node: len(node.below)):
            if node is root or len(node.below) <= room:
                node.opened = True
                room -= len(node.below)
                opened.append(node)
        level = [child for node in opened for child in node.children if child.below]


def _lines(node: _Node, depth: int, most: int) -> Iterator[str]:
    children = node.children
    for child in children[:most]:
        folder = "/" if child.below else ""
        line = f"{size(child.size):>12}  {'  ' * depth}{plain(child.name)}{folder}"
        if child.below and not child.opened:
            line += f"  ({amount(child.count, 'file')})"
        yield line + ("  (made)" if child.made else "")
        if child.opened:
            yield from _lines(child, depth + 1, most)
    if rest := children[most:]:
        bytes_left = size(sum(child.size for child in rest))
        yield f"{bytes_left:>12}  {'  ' * depth}… and {len(rest)} more"
