"""Reads a live page: the scripts that it loads, and which backend they call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from html.parser import HTMLParser
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from deployer.live.samples import in_code
from deployer.model.quiet import Quiet

# A file name in a script's text: Vite's and Next's lists of chunks, and `import("./x.js")`.
_FILE: Final = re.compile(r"""["'`]([\w./@~%\[\]()-]{1,200}\.m?js)["'`\\]""")
# webpack's table: "assets/js/"+({1:"name"}[e]||e)+"."+{1:"hash"}[e]+".js"
_TABLE: Final = re.compile(
    r"""["']([\w./-]*)["']\s*\+\s*(?:\(*\{([^{}]*)\}\)?\[\w+\](?:\s*\|\|\s*\w+)?\)?|\w+)"""
    r"""\s*\+\s*["']([.-])["']\s*\+\s*\(?\{([^{}]*)\}\)?\[\w+\]\s*\+\s*["']([\w.-]*\.js)["']"""
)
_PAIR: Final = re.compile(r"""["']?(\w+)["']?\s*:\s*["']([\w.~-]+)["']""")
_ADDRESS_NAME: Final = r"[A-Z][A-Z0-9_]*(?:API|BACKEND|URL|HOST|SERVER|BASE)[A-Z0-9_]*"
_BARE_PROCESS: Final = re.compile(rf"(?<![\w.$])process\.env\.({_ADDRESS_NAME})\b")
_DEFINED: Final = re.compile(
    r"\b(?:window|globalThis|self|global)\.process\s*=(?!=)|(?<![\w.$])process\s*=\s*\{"
)
_MOST_USES: Final = 50  # of one script
_NEAR: Final = 120  # characters before a use, among which a guard stands
# Folders of built files: what lies on another host in one of them is the frontend's own.
_BUILT: Final = re.compile(r"/(?:_next|_nuxt|_astro|assets|static|build|dist|js)/")


class FrontendStatus(StrEnum):
    """Output ``frontend-status``, worst first."""

    BLOCKED = "blocked-by-cors"
    STALE = "stale"
    UNKNOWN = "unknown"
    CONNECTED = "connected"


# What they name is for people to follow, and no request of the page's.
_LINKS: Final = frozenset({"a", "area", "link", "img"})


class _Scripts(HTMLParser):
    """Collects the scripts of a page, and the settings in its attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sources: list[str] = []
        self.inline: list[str] = []
        self.settings: list[str] = []
        self.base = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in _LINKS and "http-equiv" not in given:
            self.settings += given.values()
        if tag == "base":
            self.base = self.base or given.get("href", "")
        if tag == "script":
            self._inside = not given.get("src")
            self.sources += [given["src"]] if given.get("src") else []
        if tag == "link" and {"modulepreload", "preload"} & set(given.get("rel", "").split()):
            self.sources += [given["href"]] if given.get("href", "").endswith("js") else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.inline.append(data)


class Page(Quiet, frozen=True, kw_only=True):
    """``scripts``: addresses, in order and once each; ``inline``: code in the page itself;
    ``settings``: values of its elements' attributes, but for links."""

    scripts: tuple[str, ...]
    inline: str
    settings: str


def scripts_of(page_url: str, html: str) -> Page:
    """What of a page runs."""
    parser = _Scripts()
    parser.feed(html)
    parser.close()
    base = urljoin(page_url, parser.base)
    found = (urljoin(base, source) for source in parser.sources)
    urls = dict.fromkeys(url for url in found if _is_own(url, page_url))
    return Page(
        scripts=tuple(urls),
        inline="\n".join(parser.inline),
        settings="\n".join(parser.settings),
    )


def _is_own(url: str, page_url: str) -> bool:
    """The page's own origin, its domain, or another host's folder of built files."""
    asked, page = urlsplit(url), urlsplit(page_url)
    if asked.scheme not in ("http", "https"):
        return False
    domain = ".".join((page.hostname or "").split(".")[-2:])
    own = asked.netloc == page.netloc or (asked.hostname or "").endswith(f".{domain}")
    return own or bool(_BUILT.search(asked.path))


def chunks_of(script_url: str, text: str) -> tuple[str, ...]:
    """The addresses of scripts that a script of the same origin may load later."""
    names = [*dict.fromkeys(_FILE.findall(text)), *_tabled(text)]
    found = (url for name in names if (url := _placed(name, script_url)))
    return tuple(dict.fromkeys(found))


def _tabled(text: str) -> Iterator[str]:
    for match in _TABLE.finditer(text):
        folder, named, gap, hashed, end = match.groups()
        names = dict(_PAIR.findall(named or ""))
        for key, digest in _PAIR.findall(hashed):
            yield f"{folder}{names.get(key, key)}{gap}{digest}{end}"


def _placed(name: str, script_url: str) -> str:
    """A name in a script as an address: relative to the script, or to the folder of the build."""
    if name.startswith(("./", "../", "/")):
        return urljoin(script_url, name)
    top = f"/{name.split('/', maxsplit=1)[0]}/"
    path = urlsplit(script_url).path
    if "/" not in name or top not in path:
        return ""
    return urljoin(script_url, path[: path.rindex(top) + 1] + name)


def calls(texts: Iterable[str], space: str, old: Iterable[str]) -> FrontendStatus:
    """Which backend the scripts call: the Space at ``space`` (host and port) or an older one."""
    texts = tuple(texts)
    if any(_names(space, text) for text in texts):
        return FrontendStatus.CONNECTED
    if any(_names(server, text) for server in old for text in texts):
        return FrontendStatus.STALE
    return FrontendStatus.UNKNOWN


def _names(server: str, text: str) -> bool:
    """The server stands in the text, and not as a part of another one's name."""
    if server not in text:
        return False
    return re.search(rf"(?<![\w.-]){re.escape(server)}(?![\w-]|\.\w)", text) is not None


def undefined_process(texts: Iterable[str]) -> str:
    """The variable whose reading breaks the page with "process is not defined", or "".

    No browser has ``process``; a bundler that knows a variable has put its value there instead.
    """
    texts = tuple(texts)
    if any(_DEFINED.search(text) for text in texts):
        return ""
    found = (name for text in texts for name in _bare_names(text))
    return next(found, "")


def _bare_names(text: str) -> Iterator[str]:
    """Variables that the script reads without asking; samples of code that it shows are none."""
    matches = [
        match
        for match in islice(_BARE_PROCESS.finditer(text), _MOST_USES)
        if "typeof process" not in text[max(0, match.start() - _NEAR) : match.start()]
    ]
    if matches:
        positions = [len(text[: match.start()].encode()) for match in matches]
        code = in_code(text.encode(), positions)
        yield from (match[1] for match, runs in zip(matches, code, strict=True) if runs)
