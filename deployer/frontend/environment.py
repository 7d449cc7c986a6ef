"""Which framework builds a frontend, and which environment names it puts into browser code."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from pathlib import PurePosixPath

from msgspec import Struct
from tree_sitter import Node

from deployer.frontend.syntax import text

Read = Callable[[str], bytes | None]

# Package that tells the framework, in the order of asking: Docusaurus, Next and Gatsby also bring
# webpack; Nuxt, SvelteKit, Astro and Remix also bring Vite.
_PACKAGES = (
    ("@docusaurus/core", "Docusaurus"),
    ("next", "Next.js"),
    ("nuxt", "Nuxt"),
    ("@sveltejs/kit", "SvelteKit"),
    ("@remix-run/react", "Remix"),
    ("@react-router/dev", "React Router"),
    ("astro", "Astro"),
    ("gatsby", "Gatsby"),
    ("react-scripts", "Create React App"),
    ("@craco/craco", "Create React App"),
    ("@vue/cli-service", "Vue CLI"),
    ("expo", "Expo"),
    ("react-native", "React Native"),
    ("@angular/core", "Angular"),
    ("vite", "Vite"),
    ("vitepress", "Vite"),
    ("parcel", "Parcel"),
    ("webpack", "webpack"),
)
_CONFIGS = (
    ("docusaurus.config", "Docusaurus"),
    ("next.config", "Next.js"),
    ("nuxt.config", "Nuxt"),
    ("svelte.config", "SvelteKit"),
    ("astro.config", "Astro"),
    ("vite.config", "Vite"),
    ("webpack.config", "webpack"),
)
# Read by a production build, weakest first; the samples only tell how the address is written.
PRODUCTION_FILE = ".env.production"
BUILD_FILES = (".env", PRODUCTION_FILE)
SAMPLE_FILES = (".env.development", ".env.example", ".env.sample", ".env.local.example")
_EXTENSIONS = ("ts", "js", "mjs", "cjs", "mts")
# Names that each framework replaces in browser code when it builds; sources: "Environment
# Variables" in the documentation of Next.js, Create React App, Gatsby, Vue CLI and Expo.
_INLINED = {
    "Next.js": re.compile(r"NEXT_PUBLIC_\w+|NODE_ENV"),
    "Create React App": re.compile(r"REACT_APP_\w+|NODE_ENV|PUBLIC_URL"),
    "Gatsby": re.compile(r"GATSBY_\w+|NODE_ENV"),
    "Vue CLI": re.compile(r"VUE_APP_\w+|NODE_ENV|BASE_URL"),
    "Expo": re.compile(r"EXPO_PUBLIC_\w+|NODE_ENV"),
    "Parcel": re.compile(r"\w+"),
}
_SERVING = frozenset({"Next.js", "Nuxt", "SvelteKit", "Remix", "React Router", "Astro"})
_WITH_VITE = frozenset({"Vite", *(_SERVING - {"Next.js"})})
_BUNDLED = re.compile(r"NODE_ENV")
_PREFIXED = re.compile(r"(?:NEXT_PUBLIC|REACT_APP|GATSBY|VUE_APP|EXPO_PUBLIC)_")
_WORKSPACES = ("pnpm-workspace.yaml", "turbo.json", "nx.json", "lerna.json")
# A configuration that fills in names itself: those that it writes.
_DEFINES = re.compile(rb"DefinePlugin|EnvironmentPlugin|plugin-replace|\bdefine\s*:\s*\{")
_DEFINED = re.compile(rb"process\.env\.(\w+)|['\"](\w+)['\"]")
# Packages that fill in whatever `.env` has.
_DOTENV = re.compile(r"dotenv-webpack|docusaurus2?-(?:plugin-)?dotenv.*|vite-plugin-env.*")
_REFERENCE = re.compile(
    r"""(?P<object>process\.env|import\.meta\.env|\(import\.meta as any\)\.env)\??\.?"""
    r"""(?:\[\s*['"](?P<quoted>\w+)['"]\s*\]|(?P<plain>\w+))!?"""
)


class Framework(Struct, frozen=True, kw_only=True):
    """What builds the frontend.

    ``defined``: names that its configuration fills in by itself; ``dotenv``: any name may be.
    ``shared``: a package of a workspace, built by whichever framework imports it.
    """

    name: str = ""
    defined: frozenset[str] = frozenset()
    dotenv: bool = False
    shared: bool = False

    @property
    def bundled(self) -> bool:
        """A build step stands between the source and the browser."""
        return bool(self.name)

    @property
    def native(self) -> bool:
        """It makes an app for phones, where a page has no hostname."""
        return self.name in ("Expo", "React Native")

    @property
    def meta(self) -> bool:
        """Its server code asks ``import.meta.env.PROD`` for the build's mode."""
        return self.name in ("SvelteKit", "Astro")

    @property
    def serves(self) -> bool:
        """Its code may also run on a server, where `process.env` has what the hosting sets."""
        return self.name in _SERVING

    def fills(self, reference: EnvironmentReference) -> bool:
        """True when the built code has a value (or undefined) where the source has this."""
        if reference.meta:
            return self.shared or self.name in _WITH_VITE
        if self.shared and _PREFIXED.match(reference.name):
            return True
        if self.dotenv or reference.name in self.defined:
            return True
        return bool(_INLINED.get(self.name, _BUNDLED).fullmatch(reference.name)) and self.bundled


class EnvironmentReference(Struct, frozen=True, kw_only=True):
    """``process.env.NAME``, or ``import.meta.env.NAME`` (``meta``)."""

    name: str
    meta: bool


NODE_ENV = EnvironmentReference(name="NODE_ENV", meta=False)


def reference(node: Node) -> EnvironmentReference | None:
    """The environment name that an expression reads, when it does nothing else."""
    match = _REFERENCE.fullmatch(text(node))
    if match is None:
        return None
    name = match["quoted"] or match["plain"]
    return EnvironmentReference(name=name, meta="meta" in match["object"])


def find_framework(root: str, read: Read) -> Framework:
    """The framework of the frontend in folder ``root``, from package.json, else its config."""
    packages = _packages(read(joined(root, "package.json")))
    name = next((label for package, label in _PACKAGES if package in packages), "")
    # Each reading may be a request: a framework that is known is not looked for.
    likely = ((label, stem) for stem, label in _CONFIGS if name in ("", label))
    read_now = ((label, _config(root, stem, read)) for label, stem in likely)
    name, config = next((one for one in read_now if one[1] is not None), (name, b""))
    dotenv = any(_DOTENV.fullmatch(package) for package in packages)
    defined = _defined(config or b"")
    return Framework(
        name=name, defined=defined, dotenv=dotenv, shared=not name and _in_workspace(root, read)
    )


def _in_workspace(root: str, read: Read) -> bool:
    """The folder has a package, and a folder above it makes a workspace of packages."""
    if root == "." or read(joined(root, "package.json")) is None:
        return False
    above = [str(parent) for parent in PurePosixPath(root).parents]
    manifests = (read(joined(folder, "package.json")) or b"" for folder in above)
    return any(b'"workspaces"' in manifest for manifest in manifests) or any(
        read(joined(folder, name)) is not None for folder in above for name in _WORKSPACES
    )


def _defined(config: bytes) -> frozenset[str]:
    if not _DEFINES.search(config):
        return frozenset()
    return frozenset((m[1] or m[2]).decode() for m in _DEFINED.finditer(config))


def _packages(content: bytes | None) -> frozenset[str]:
    try:
        manifest = json.loads((content or b"{}").decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return frozenset()
    if not isinstance(manifest, dict):
        return frozenset()
    groups = (manifest.get("dependencies"), manifest.get("devDependencies"))
    return frozenset(name for group in groups if isinstance(group, dict) for name in group)


def _config(root: str, stem: str, read: Read) -> bytes | None:
    for extension in _EXTENSIONS:
        content = read(joined(root, f"{stem}.{extension}"))
        if content is not None:
            return content
    return None


def joined(root: str, name: str) -> str:
    """``name`` in the folder ``root``."""
    return name if root == "." else posixpath.join(root, name)
