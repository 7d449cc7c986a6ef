"""A row of answers of the health path: when they are enough, and when there is no hope left."""

from __future__ import annotations

from typing import Final

from deployer.model import Answer, Health, Verdict
from deployer.ports import World
from deployer.release import exposed, health, marker
from deployer.release.target import Target

# An answer that is not healthy may still turn: services come up late (docs/reference/health.md).
PATIENCE: Final = 120.0
TOO_LATE: Final = "too few healthy answers before the time was over"
FOREIGN: Final = "the answer comes from another revision's app"


UNTOLD: Final = (0, 429)


class Answers:
    """The answers since the Space runs. ``against`` is the last one that was not healthy;
    ``reached`` whether any came from the app itself: none means that the network, or a limit of
    the Hub's proxy, stood between. ``exposed``: one of them showed a secret.
    """

    def __init__(self, target: Target, world: World) -> None:
        self._target = target
        self._clock = world.clock
        self._hide = world.console.scrub
        self._unhealthy_since: float | None = None
        self._foreign_since: float | None = None
        self.healthy = target.answered
        self.reached = False
        self.exposed = False
        self.against = (Verdict(health=Health.NOT_YET, reason=TOO_LATE), Answer(status=0))

    def take(self, answer: Answer) -> Verdict:
        """The verdict on the next answer, once it is counted."""
        foreign = marker.is_foreign(answer, self._target.marker)
        self.reached = self.reached or answer.status not in UNTOLD
        if not foreign and not self.exposed:
            self.exposed = exposed.shows_secret(answer, self._hide)
        verdict = health.judge(answer)
        if foreign:
            verdict = Verdict(health=Health.NOT_YET, reason=FOREIGN)
        self.healthy = self.healthy + 1 if verdict.health is Health.HEALTHY else 0
        self.against = self.against if self.healthy else (verdict, answer)
        unhealthy = verdict.health is Health.UNHEALTHY
        self._unhealthy_since = self._since(self._unhealthy_since, goes_on=unhealthy)
        self._foreign_since = self._since(self._foreign_since, goes_on=foreign)
        return verdict

    @property
    def enough(self) -> bool:
        """Whether so many healthy ones came in a row."""
        return self.healthy >= self._target.successes

    @property
    def hopeless(self) -> bool:
        """Whether all of them spoke against health for so long that nothing will change it."""
        return self._lasted(self._unhealthy_since) >= PATIENCE

    @property
    def foreign_for(self) -> float:
        """For how many seconds all of them came from another revision."""
        return self._lasted(self._foreign_since)

    def _since(self, since: float | None, *, goes_on: bool) -> float | None:
        return (self._clock.now() if since is None else since) if goes_on else None

    def _lasted(self, since: float | None) -> float:
        return 0.0 if since is None else self._clock.now() - since
