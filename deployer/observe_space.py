"""The Space as it is before the first write: what it holds, what serves, what the token may do."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.errors import Exit, HubRefused, Notice, Problem, Refused, Where
from deployer.findings import Findings
from deployer.model import (
    Bundle,
    BundleFile,
    Configuration,
    Health,
    Mode,
    Space,
    SpaceCommit,
    SpaceFile,
    Verdict,
)
from deployer.ports import World
from deployer.release import difference, health, marker, trailer
from deployer.release.target import app_token
from deployer.settings import Settings

# A single failed read must not decide whether a rollback is possible.
LOOKS: Final = 3


class SpaceState(Struct, frozen=True, kw_only=True):
    """The Space as it is before the first write; ``space`` None when it doesn't exist yet.

    ``serving`` is the health of the revision that serves now, None when nothing does; ``marker``
    what its answers say of themselves (release/marker.py). ``healthy`` is the newest revision that
    is known to have been healthy, "" for none, and ``ours`` whether we made the newest commit.
    ``sealed``: its settings can be neither looked at nor set.
    """

    space: Space | None = None
    tree: tuple[SpaceFile, ...] = ()
    brought: frozenset[str] = frozenset()
    stored: Configuration = field(default_factory=Configuration)
    serving: Verdict | None = None
    marker: str = ""
    healthy: str = ""
    ours: bool = True
    sealed: bool = False

    def answered(self, ours: str) -> bool:
        """Whether the head, unmoved and with our marker if any, answered healthily when asked."""
        if self.space is None or self.serving is None:
            return False
        runtime = self.space.runtime
        runs = runtime.stage == "RUNNING" and runtime.revision == self.space.head
        healthy = self.serving.health is Health.HEALTHY
        return runs and healthy and self.marker in ("", ours)


RELEASING: Final = frozenset({Mode.DEPLOY, Mode.PREVIEW})
# These write nothing, and do without looking at the Space.
TOKENLESS: Final = frozenset({Mode.PLAN, Mode.REHEARSE})
# It served before it went to sleep; what it is worth is proved once it is back.
AT_REST: Final = frozenset({"SLEEPING"})


def read_space(
    settings: Settings, bundle: Bundle | None, world: World, findings: Findings
) -> SpaceState:
    """The Space, what may be done with it, and what serves there now."""
    if settings.hf_token is None:
        if settings.mode not in TOKENLESS:
            findings.problems.append(no_token())
        return SpaceState()
    space = findings.attempt(lambda: _find(settings, world))
    if space is None:
        return SpaceState()
    findings.keep(unfit(space))
    stored = findings.attempt(lambda: _stored(settings, space, world, findings))
    tree = space.files
    if tree is None:
        tree = findings.attempt(lambda: world.space_repo.tree(space.id, space.head)) or ()
    files = difference.with_manifest(bundle.files) if bundle else ()
    state = SpaceState(
        space=space,
        tree=tree,
        brought=findings.attempt(lambda: _brought(space, files, tree, world)) or frozenset(),
        stored=stored or Configuration(),
        sealed=world.trusted_publisher and stored is None,
    )
    if bundle is None or settings.mode not in RELEASING or not space.host:
        return state
    state = _looked_at(state, space, bundle.backend.health_path, settings, world)
    return findings.attempt(lambda: _remembered(state, space, world)) or state


def no_token(*, publisher: bool = True) -> Problem:
    """The problem of a run that has to write and has no token; ``publisher``: OIDC would do."""
    instead = (
        "Or allow the job `id-token: write`, and name the repository as a Trusted Publisher in the "
        "Space's settings."
        if publisher
        else "A Trusted Publisher will not do: it can neither create nor delete a Space."
    )
    return Problem(
        exit=Exit.CONFIGURATION,
        message="No Hub token is given.",
        hint="Make one with write access at huggingface.co/settings/tokens, store it as the "
        "repository secret `HF_TOKEN`, and pass `hf-token: ${{ secrets.HF_TOKEN }}`. " + instead,
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
    if world.trusted_publisher:
        return space  # the exchange itself has said that it may write to this Space alone
    if space is None:
        world.spaces.may_create(settings.space)
    elif settings.mode is not Mode.PLAN:
        world.spaces.may_write(settings.space)
    return space


def _stored(
    settings: Settings, space: Space, world: World, findings: Findings
) -> Configuration | None:
    """What is set on the Space; None where the token may not see it and the run goes on without."""
    try:
        return world.space_config.read(space.id)
    except HubRefused as refused:
        lenient = settings.mode is Mode.PLAN or world.trusted_publisher
        if not lenient or refused.status not in (401, 403):
            raise
    message = "The token may not see which secrets and variables the Space has."
    hint = "All that are named count as new."
    findings.keep((), (Notice(message=message, hint=hint, warning=False),))
    return None


def unfit(space: Space) -> tuple[Problem, ...]:
    """The problem of a Space of another kind than Docker, if it is one."""
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
    listed = next((each for each in tree if each.path == difference.MANIFEST), None)
    if listed is None:
        return frozenset()
    for _ in range(LOOKS):
        content = world.space_repo.read(space.id, difference.MANIFEST, space.head)
        if difference.holds(listed, content):
            return difference.read_manifest(content).files
        world.clock.sleep(1.0)
    # Without it, files that should go would stay for good.
    raise HubRefused(
        f"The Hub lists {difference.MANIFEST} and gives something else when asked for it.",
        hint="Run this job again; see status.huggingface.co when it goes on.",
    )


def _looked_at(
    state: SpaceState, space: Space, health_path: str, settings: Settings, world: World
) -> SpaceState:
    """With the health of the revision that serves before the push; a rollback has to know."""
    # A failed build doesn't stop what served before it.
    if not space.runtime.stage.startswith("RUNNING") and space.runtime.revision is None:
        return state
    token = app_token(space, settings.hf_token)
    for _ in range(LOOKS):
        answer = world.probe.get(space.host + health_path, space_token=token)
        if answer.status:
            state = replace(state, serving=health.judge(answer), marker=marker.said(answer))
        if state.serving is not None and state.serving.health is Health.HEALTHY:
            break
        world.clock.sleep(1.0)
    return state


def _remembered(state: SpaceState, space: Space, world: World) -> SpaceState:
    """With the newest revision known to be healthy: what serves, else what our commits say."""
    healthy = state.serving is not None and state.serving.health is Health.HEALTHY
    healthy = healthy or space.runtime.stage in AT_REST
    if healthy and space.serving == space.head:
        return replace(state, healthy=space.serving)
    commits = _history(space, world)
    return replace(
        state,
        healthy=space.serving if healthy else trailer.last_healthy(commits),
        ours=bool(commits) and trailer.is_ours(commits[0]),
    )


def _history(space: Space, world: World) -> tuple[SpaceCommit, ...]:
    """The Space's commits; none on a Hub without such a list, which then remembers nothing."""
    if not space.head:
        return ()
    try:
        return world.space_repo.history(space.id)
    except HubRefused as refused:
        if refused.status != 404:
            raise
        return ()
