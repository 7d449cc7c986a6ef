"""GitHub's own GraphQL schema, as npm's ``@octokit/graphql-schema`` ships it."""

from __future__ import annotations

import functools
from pathlib import Path

from graphql import GraphQLSchema, build_ast_schema, parse

from tests.real.npm import lacks

PACKAGE = "@octokit/graphql-schema@15.26.1"
HOME = Path(__file__).parents[2] / ".cache" / "github-schema"
FILE = HOME / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"


class SchemaMissing(Exception):
    """The schema is neither here nor can it be installed; the text is a sentence."""


@functools.cache
def schema() -> GraphQLSchema:
    """The schema, installed on first use; raises ``SchemaMissing``. About half a second."""
    if reason := lacks(PACKAGE, HOME):
        raise SchemaMissing(reason)
    return build_ast_schema(parse(FILE.read_text(), no_location=True), assume_valid=True)
