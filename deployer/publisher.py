"""What a Trusted Publisher's token may not do, told before the first write with the way out.

Such a token writes the files of one Space that exists. Pure.
"""

from __future__ import annotations

from typing import Final

from deployer.errors import Exit, Problem, Where
from deployer.model import Space, SpaceId
from deployer.plan import Plan
from deployer.settings import Settings

WHO: Final = (
    "This run signed in as a Trusted Publisher, which may write the Space's files and no more"
)
STILL: Final = frozenset({"PAUSED", "STOPPED"})


def missing(space: SpaceId) -> Problem:
    """The problem of a Space that isn't there."""
    return Problem(
        exit=Exit.HUB,
        message=f"The Space {space} does not exist. {WHO}: it can't create one.",
        hint="Create it by hand (SDK: Docker) and name this repository in its settings as a "
        "Trusted Publisher, or give `hf-token` for the first deploy.",
        where=Where(input="space"),
    )


def neither_creates_nor_deletes(space: SpaceId) -> Problem:
    """The problem of a preview, whose Space is made and deleted by the run itself."""
    return Problem(
        exit=Exit.HUB,
        message=f"{WHO}: it can neither create nor delete the previews of {space}.",
        hint="Give `hf-token` a token with write access to the account's Spaces.",
        where=Where(input="hf-token"),
    )


def limits(settings: Settings, decided: Plan, space: Space | None) -> tuple[Problem, ...]:
    """A problem for each thing that this deploy needs and such a token may not do."""
    if space is None:
        return (missing(settings.space),)
    return (*_settings(decided, space), *_sizes(decided, space), *at_rest(space))


def at_rest(space: Space) -> tuple[Problem, ...]:
    """The problem of a Space that only a restart brings back, if it is one."""
    if space.runtime.stage not in STILL:
        return ()
    message = f"The Space {space.id} is {space.runtime.stage}. {WHO}: it can't restart it."
    hint = f"Restart it at {space.page}, or give `hf-token`."
    return (Problem(exit=Exit.HUB, message=message, hint=hint, where=Where(input="space")),)


def _settings(decided: Plan, space: Space) -> tuple[Problem, ...]:
    """The secrets and variables that differ, or that it can't know to be the same."""
    change = decided.configuration
    cases = (
        ("secrets", "set the secret", tuple(write.name for write in change.secrets)),
        ("variables", "set the variable", tuple(write.name for write in change.variables)),
        ("prune", "delete", (*change.prune_secrets, *change.prune_variables)),
    )
    return tuple(
        Problem(
            exit=Exit.HUB,
            message=f"{WHO}: it can't {doing} {', '.join(f'`{name}`' for name in names)}.",
            hint=f"Do it by hand at {space.page}/settings and leave it out of `{where}`, or give "
            "`hf-token`.",
            where=Where(input=where),
        )
        for where, doing, names in cases
        if names
    )


def _sizes(decided: Plan, space: Space) -> tuple[Problem, ...]:
    cases = (("hardware", decided.hardware), ("sleep-time", decided.sleep_time))
    return tuple(
        Problem(
            exit=Exit.HUB,
            message=f"{WHO}: it can't change `{name}` to {wanted}.",
            hint=f"Set it by hand at {space.page}/settings, or give `hf-token`.",
            where=Where(input=name),
        )
        for name, wanted in cases
        if wanted is not None
    )
