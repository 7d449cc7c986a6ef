"""An app whose health answer shows a secret: deployed, told as a security problem, never shown."""

from __future__ import annotations

import json

import pytest

from deployer.model import Status
from deployer.release.exposed import NOTICE
from tests.fakes.hub import Behaviour, says
from tests.pipeline.scene import CANARIES, Scene

BY_HAND = "postgresql://neon_owner:s3" + "cretValue@ep-a.neon.tech/app"


@pytest.mark.parametrize("status", ["healthy", "error"])
@pytest.mark.parametrize(
    "shown", [CANARIES["DATABASE_URL"], CANARIES["PLAIN_SECRET"], BY_HAND], ids=["url", "x", "hand"]
)
def test_a_health_answer_that_shows_a_secret_is_a_warning_that_does_not_show_it(
    scene: Scene, status: str, shown: str
) -> None:
    body = {"status": status, "services": {"postgres": {"status": status, "detail": shown}}}
    scene.fakes.hub.next.append(Behaviour(app=says(json.dumps(body))))
    report = scene.run(secrets="DATABASE_URL\nPLAIN_SECRET")
    assert report.status is (Status.HEALTHY if status == "healthy" else Status.FAILED)
    assert scene.fakes.console.notices.count(NOTICE) == 1
    assert NOTICE.hint in scene.fakes.journal.summary_text.replace("\\", "")
    for part in (shown, "pa55" + "canary", "s3" + "cretValue"):
        assert part not in scene.everything_shown()


def test_an_answer_without_a_secret_is_no_security_problem(scene: Scene) -> None:
    scene.run(secrets="DATABASE_URL\nPLAIN_SECRET")
    assert NOTICE not in scene.fakes.console.notices
