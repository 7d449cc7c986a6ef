"""Every permission that a refusal names stands in the documents' table."""

from __future__ import annotations

import re

import pytest

from deployer.adapters import github_comments, github_deployments, github_issues
from deployer.adapters.repository_refusals import PULLS, WRITE
from deployer.github.permissions import PERMISSIONS

LINE = re.compile(r"\b([a-z-]+: write)\b")


@pytest.mark.parametrize(
    "hint",
    [
        WRITE,
        PULLS,
        github_comments.PERMISSION,
        github_deployments.PERMISSION,
        github_issues.PERMISSION,
    ],
)
def test_a_hint_names_permissions_of_the_table(hint: str) -> None:
    named = set(LINE.findall(hint))
    assert named
    assert named <= {each.line for each in PERMISSIONS}
