"""What is asked of a run that something went wrong with, and of the runs after it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping

from tests.grids.program import SPEED
from tests.grids.scenarios import Scenario
from tests.grids.scene import CHANGED, SECRETS, Job, Run
from tests.real.canaries import found
from tests.real.checkout import WRITER

# Seconds of the program's time. The limit of a run's own wait is `health-timeout`, 300 s here.
LONGEST = 300.0 + 300.0
BACK = "Put "  # how the title of a commit begins that puts a revision back


def of_red(run: Run, usual: int) -> Iterator[str]:
    """A red run says why, once, and without a traceback. ``usual``: its code without the fault."""
    if run.code in (0, None):
        return
    if "::error" not in run.ended.log:
        yield "it is red and has no ::error"
    if run.code not in (2, 4, 7, usual):
        yield f"exit code {run.code}"
    statuses = {7: ("healthy",), usual: ("rolled-back", "failed")}.get(run.code, ("failed",))
    if run.status not in statuses:
        yield f"exit code {run.code} and status {run.status!r}"
    if "summary" not in run.traces:
        yield "it is red and has no summary"


def of_any(run: Run, job: Job) -> Iterator[str]:
    """In time, no traceback, nothing leaked."""
    if run.code is None:
        yield "it took too long"
    if run.ended.seconds * SPEED > LONGEST:
        yield f"it took {run.ended.seconds * SPEED:.0f} s"
    for text in (run.ended.log, *run.traces.values()):
        if "Traceback" in text or "A bug of" in text:
            yield "a traceback"
    yield from leaks(run, job)


def leaks(run: Run, job: Job) -> list[str]:
    """Where a secret shows: log, summary, outputs, receipt, addresses of requests."""
    hub = job.stage.hub.token
    secrets = {**SECRETS, "CHANGED": CHANGED["API_KEY"], "HF_TOKEN": hub, "GITHUB": WRITER}
    lines = [line for line in run.ended.log.splitlines() if not line.startswith("::add-mask::")]
    addresses = json.dumps(job.stage.tape.addresses)
    traces = {"log": "\n".join(lines), "addresses": addresses, **run.traces}
    return found(traces, secrets)


def differences(wanted: Mapping[str, object], there: Mapping[str, object]) -> Iterator[str]:
    """What is not as it would be without the fault."""
    for name, value in wanted.items():
        if there.get(name) != value:
            yield f"{name}: {there.get(name)!r} instead of {value!r}"


def comes_to(job: Job, wanted: Mapping[str, object], scenario: Scenario) -> Iterator[str]:
    """The runs after it come to the end of an undisturbed one."""
    if scenario.code:
        yield from goes_back(job, wanted, scenario.code)
    else:
        yield from converges(job, wanted, scenario.settled)


def goes_back(job: Job, wanted: Mapping[str, object], code: int) -> Iterator[str]:
    """Of a revision that is no good: the next run ends red as well, and what was healthy serves.

    One that finds it put back pushes it again and takes it back again, in one commit each. What a
    run that was cut short had set stays set (docs/decisions/0072): settings aren't compared then.
    """
    already = 2 * job.titles()[0].startswith(BACK)
    job.stage.tape.clear()
    second = job.run()
    yield from (f"second run: {each}" for each in of_any(second, job))
    if (second.code, second.status) != (code, "rolled-back"):
        yield f"second run: exit code {second.code}, {second.status}: {errors(second)}"
    commits = int(str(wanted["space commits"])) + already
    expected = {**wanted, "space commits": commits}
    there = job.state()
    if not already:
        expected["settings"] = there["settings"]
    yield from (f"second run: {each}" for each in differences(expected, there))
    backs = [title.startswith(BACK) for title in job.titles()]
    if any(one and two for one, two in itertools.pairwise(backs)):
        yield f"put back twice: {job.titles()}"


def converges(job: Job, wanted: Mapping[str, object], settled: str = "unchanged") -> Iterator[str]:
    """The next run ends as if nothing had gone wrong; it or the one after it changes nothing.

    ``settled`` is the status that says so.
    """
    job.stage.tape.clear()
    second = job.run()
    yield from (f"second run: {each}" for each in of_any(second, job))
    if second.code != 0:
        yield f"second run: exit code {second.code}: {errors(second)}"
        return
    after = job.state()
    yield from (f"second run: {each}" for each in differences(wanted, after))
    if second.status == "unchanged":
        return
    job.stage.tape.clear()
    third = job.run()
    if (third.code, third.status) != (0, settled):
        yield f"third run: exit code {third.code}, {third.status}: {errors(third)}"
    yield from (f"third run: {each}" for each in differences(after, job.state()))


def errors(run: Run) -> str:
    """The annotations, for whoever mends it."""
    return " | ".join(line for line in run.ended.log.splitlines() if line.startswith("::error"))
