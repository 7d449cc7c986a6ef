"""The Space as it is before the first write: what it holds, what serves, what the token may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from deployer.errors import Exit, HubRefused, Notice, Problem, Refused, Where
from deployer.findings import Findings
from deployer.model import (
    Bundle,
    BundleFile,
    Configuration,
    Health,
    Mode,
    Space,
    SpaceFile,
    Verdict,
)
from deployer.ports import World
from deployer.release import difference, health
from deployer.settings import Settings

# A single failed read must not decide whether a rollback is possible.
LOOKS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceState:
    """The Space as it is before the first write; ``space`` None when it doesn't exist yet.

    ``serving`` is the health of the revision that serves now, None when nothing does.
    """

    space: Space | None = None
    tree: tuple[SpaceFile, ...] = ()
    brought: frozenset[str] = frozenset()
    stored: Configuration = field(default_factory=Configuration)
    serving: Verdict | None = None


def read_space(
    settings: Settings, bundle: Bundle | None, world: World, findings: Findings
) -> SpaceState:
    """The Space, what may be done with it, and what serves there now."""
    if settings.hf_token is None:
        if settings.mode is not Mode.PLAN:
            findings.problems.append(_no_token())
        return SpaceState()
    space = findings.attempt(lambda: _find(settings, world))
    if space is None:
        return SpaceState()
    findings.keep(_unfit(space))
    stored = findings.attempt(lambda: _stored(settings, space, world, findings))
    tree = findings.attempt(lambda: world.space_repo.tree(space.id, space.head)) or ()
    files = difference.with_manifest(bundle.files) if bundle else ()
    return SpaceState(
        space=space,
        tree=tree,
        brought=findings.attempt(lambda: _brought(space, files, tree, world)) or frozenset(),
        stored=stored or Configuration(),
        serving=_serving(settings, space, bundle, world),
    )


def _no_token() -> Problem:
    return Problem(
        exit=Exit.CONFIGURATION,
        message="No Hub token is given.",
        hint="Make one with write access at huggingface.co/settings/tokens, store it as the "
        "repository secret `HF_TOKEN`, and pass `hf-token: ${{ secrets.HF_TOKEN }}`.",
        where=Where(input="hf-token"),
    )


def _find(settings: Settings, world: World) -> Space | None:
    """The Space, write access checked. Raises ``Refused`` when it's missing and not to be made."""
    space = world.spaces.find(settings.space)
    if space is None and not settings.create:
        problem = Problem(
            exit=Exit.HUB,
            message=f"The Space {settings.space} does not exist, and `create` is false.",
            hint="Create it (SDK: Docker), or set `create: true`.",
            where=Where(input="space"),
        )
        raise Refused([problem])
    if space is None:
        world.spaces.may_create(settings.space)
    elif settings.mode is not Mode.PLAN:
        world.spaces.may_write(settings.space)
    return space


def _stored(settings: Settings, space: Space, world: World, findings: Findings) -> Configuration:
    """What is set on the Space; a plan goes on without, when the token may not see it."""
    try:
        return world.space_config.read(space.id)
    except HubRefused as refused:
        if settings.mode is not Mode.PLAN or refused.status not in (401, 403):
            raise
    message = "The token may not see which secrets and variables the Space has."
    hint = "The plan shows all of them as if they were new."
    findings.keep((), (Notice(message=message, hint=hint, warning=False),))
    return Configuration()


def _unfit(space: Space) -> tuple[Problem, ...]:
    if space.sdk in ("docker", ""):
        return ()
    message = f"The Space {space.id} has the SDK `{space.sdk}`; a FastAPI backend needs `docker`."
    hint = "Name another Space, or change `sdk:` in its README to `docker` by hand first."
    return (Problem(exit=Exit.HUB, message=message, hint=hint, where=Where(input="space")),)


def _brought(
    space: Space, files: tuple[BundleFile, ...], tree: tuple[SpaceFile, ...], world: World
) -> frozenset[str]:
    """What an earlier deploy brought; only asked for when something could be removed."""
    if not difference.foreign_paths(files, tree):
        return frozenset()
    content = world.space_repo.read(space.id, difference.MANIFEST, space.head)
    return difference.read_manifest(content)


def _serving(
    settings: Settings, space: Space, bundle: Bundle | None, world: World
) -> Verdict | None:
    """How healthy the revision is that serves before the push; a rollback has to know."""
    if bundle is None or settings.mode is not Mode.DEPLOY or not space.host:
        return None
    # A failed build doesn't stop what served before it.
    if not space.runtime.stage.startswith("RUNNING") and space.runtime.revision is None:
        return None
    token = settings.hf_token if space.visibility == "private" else None
    verdict = None
    for _ in range(LOOKS):
        answer = world.probe.get(space.host + bundle.backend.health_path, space_token=token)
        verdict = health.judge(answer) if answer.status else verdict
        if verdict is not None and verdict.health is Health.HEALTHY:
            break
        world.clock.sleep(1.0)
    return verdict
