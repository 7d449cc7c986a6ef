"""Finds secrets that a build would put into the browser's code, where everybody can read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from deployer.errors import Notice, Where
from deployer.frontend.discovery import Frontend, is_build_config
from deployer.frontend.environment import joined

# The prefixes by which frameworks put a variable into browser code ("Environment Variables" in the
# documentation of Next.js, Vite, Create React App, Gatsby, Vue CLI, Expo, Nuxt, SvelteKit, Astro).
_PREFIX: Final = r"(?:NEXT_PUBLIC|VITE|REACT_APP|GATSBY|VUE_APP|EXPO_PUBLIC|NUXT_PUBLIC|PUBLIC)_"
_SENSITIVE: Final = r"\w*?(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS)"
_EXPOSED: Final = re.compile(
    rf"(?:process\.env|import\.meta\.env)\??[.\['\"]+(?P<name>{_PREFIX}{_SENSITIVE})\b"
)
_ASSIGNED: Final = re.compile(
    rf"^[ \t]*(?:export[ \t]+)?(?P<name>{_PREFIX}{_SENSITIVE})[ \t]*=", re.M
)
_FIELDS: Final = re.compile(r"\b(?:customFields|public)\s*:\s*\{")
_FIELD: Final = re.compile(rf"process\.env\.(?P<name>(?!{_PREFIX}){_SENSITIVE})\b")
# Made to be seen: what these services call a key names an account, and gives no right to it.
_MEANT_TO_BE_SEEN: Final = re.compile(
    r"ANON|PUBLISHABLE|PUBLIC_?KEY|VAPID|SITE_?KEY|FIREBASE|MAPS?_|MAPBOX|POSTHOG|ALGOLIA|SEARCH"
    r"|SENTRY|CAPTCHA|TURNSTILE|ANALYTICS|SEGMENT|AMPLITUDE|MIXPANEL|EMAILJS|WEB3FORMS|STORAGE_KEY"
    r"|TOKEN_KEY|INTERCOM|CRISP|GISCUS|DOCSEARCH|PUSHER|DATADOG_CLIENT"
)
_LONGEST_BLOCK: Final = 3_000  # characters after `customFields: {` that are looked at


def exposed(frontend: Frontend) -> Iterator[Notice]:
    """A warning for each variable, at the first place that names it."""
    seen: set[str] = set()
    for path, name, line in _found(frontend):
        public = name.removeprefix("NEXT_PUBLIC_").removeprefix("NUXT_PUBLIC_")
        if name not in seen and not _MEANT_TO_BE_SEEN.search(public.removeprefix("PUBLIC_")):
            seen.add(name)
            yield _notice(path, name, line)


def _found(frontend: Frontend) -> Iterator[tuple[str, str, int]]:
    for path, content in frontend.sources.items():
        if b"env" not in content:  # as most: a plain search for bytes is the fastest
            continue
        text = content.decode("utf-8", "replace")
        for match in _EXPOSED.finditer(text):
            yield path, match["name"], _line(text, match.start())
        if is_build_config(path):
            yield from ((path, name, line) for name, line in _in_fields(text))
    for name, content in frontend.env_files.items():
        text = content.decode("utf-8", "replace")
        for match in _ASSIGNED.finditer(text):
            yield joined(frontend.root, name), match["name"], _line(text, match.start("name"))


def _in_fields(text: str) -> Iterator[tuple[str, int]]:
    """Docusaurus's ``customFields`` and Nuxt's ``runtimeConfig.public`` end up in the page."""
    for block in _FIELDS.finditer(text):
        start = block.end()
        for match in _FIELD.finditer(text, start, _end(text, start)):
            yield match["name"], _line(text, match.start())


def _end(text: str, start: int) -> int:
    """Where the brace that was opened before ``start`` is closed."""
    depth = 1
    for position in range(start, min(len(text), start + _LONGEST_BLOCK)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return start


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _notice(path: str, name: str, line: int) -> Notice:
    return Notice(
        message=f"`{name}` goes into the browser's code, where everybody can read its value.",
        hint="Let the backend use it, as a secret of the Space. If the site was ever published "
        "with it, revoke it.",
        where=Where(file=path, line=line),
    )
