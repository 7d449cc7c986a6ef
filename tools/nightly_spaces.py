"""Deletes the Spaces that nightly runs made: ``nightly_spaces.py OWNER [--now OWNER/NAME]``.

A Space is one of them when its name begins with ``PREFIX`` and it has the variable ``MARK``, which
the nightly's deploy sets from the creating request on. Without ``--now`` those go that are older
than ``HOURS``, so that a night that is still running keeps its own; with it, that one alone.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

PREFIX: Final = "hf-space-deploy-nightly-"
MARK: Final = "HF_SPACE_DEPLOY_NIGHTLY"
HOURS: Final = 6


def left_over(api: HfApi, owner: str, now: datetime) -> Iterator[str]:
    """The owner's Spaces that bear the name and are old enough."""
    for space in api.list_spaces(author=owner, expand=["createdAt"]):
        old = space.created_at is None or now - space.created_at > timedelta(hours=HOURS)
        if is_ours(space.id, owner) and old:
            yield space.id


def is_ours(space: str, owner: str) -> bool:
    """Whether a Space has a nightly's name."""
    account, _, name = space.partition("/")
    return account == owner and name.startswith(PREFIX)


def delete(api: HfApi, space: str) -> str:
    """Delete a Space that has the mark; what was done, in a sentence."""
    try:
        if MARK not in api.get_space_variables(space):
            return f"{space} is kept: it has no variable {MARK}."
        api.delete_repo(space, repo_type="space", missing_ok=True)
    except HfHubHTTPError as error:
        return f"{space} could not be deleted: {error.server_message or error}"
    return f"{space} is deleted."


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0; a Space that could not be deleted is told, and tried again the next night."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("owner")
    parser.add_argument("--now", metavar="OWNER/NAME", help="only this Space, whatever its age")
    options = parser.parse_args(arguments)
    api = HfApi(token=os.environ["HF_TOKEN"], endpoint=os.environ.get("HF_ENDPOINT"))
    if options.now:
        spaces = [options.now] if is_ours(options.now, options.owner) else []
    else:
        spaces = list(left_over(api, options.owner, datetime.now(UTC)))
    for space in spaces:
        print(delete(api, space))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
