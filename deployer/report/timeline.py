"""When each stage of a run took place, as the job summary tells it."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.report import StageTime
from deployer.report.markdown import prose, table


def render_timeline(timeline: Sequence[StageTime]) -> str:
    """A table of the stages in their order; "" for none."""
    rows = ((prose(each.name), _took(each.seconds), prose(each.note)) for each in timeline)
    return table(("Stage", "Took", ""), rows)


def _took(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
