"""What our commits remember, and what they don't."""

from __future__ import annotations

import pytest

from deployer.model import SpaceCommit
from deployer.release import trailer

V1, V2 = "a" * 40, "b" * 40


def ours(healthy: str = "") -> SpaceCommit:
    message = f"Source: https://x\n\n{trailer.write(bundle='d' * 64, healthy=healthy)}"
    return SpaceCommit(revision="f" * 40, title="Deploy", message=message)


BY_HAND = SpaceCommit(revision="e" * 40, title="Healthy: no", message="I fixed it")


@pytest.mark.parametrize(
    ("commits", "healthy"),
    [
        ([ours(V1)], V1),
        ([ours(V2), ours(V1)], V2),
        ([BY_HAND, ours(V1)], V1),
        ([ours(), ours(V1)], ""),
        ([BY_HAND], ""),
        ([], ""),
        ([SpaceCommit(revision=V2, title="x", message=f"Healthy: {V1}")], ""),
    ],
)
def test_the_newest_commit_of_ours_says_what_was_healthy(
    commits: list[SpaceCommit], healthy: str
) -> None:
    assert trailer.last_healthy(commits) == healthy


def test_a_commit_is_ours_by_its_mark_alone() -> None:
    assert [trailer.is_ours(each) for each in (ours(), BY_HAND)] == [True, False]
    quoted = SpaceCommit(revision=V1, title="x", message=f"It said `{trailer.MARK}`.")
    assert not trailer.is_ours(quoted)
