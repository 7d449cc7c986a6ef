"""GitHub's own GraphQL schema, as npm's ``@octokit/graphql-schema`` ships it."""

from __future__ import annotations

import functools
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
    npm = shutil.which("npm")
    if npm is None:
        raise SchemaMissing("npm, which brings GitHub's GraphQL schema, is not installed")
    HOME.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]
    command = [npm, "install", *quiet, "--prefix", HOME, PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SchemaMissing(f"npm can't install {PACKAGE}: {done.stderr.strip()[-300:]}")
