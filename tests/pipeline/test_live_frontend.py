"""After health a browser's view of the frontend is told, and never turns a deploy red."""

from __future__ import annotations

import pytest

from deployer.errors import Exit
from deployer.model import Answer
from tests.pipeline.scene import Scene

SITE = "https://app.example"


def page(text: str) -> Answer:
    return Answer(status=200, headers={"content-type": "text/html"}, body=text.encode())


def seen(scene: Scene, text: str, *, allowed: bool = True, **inputs: str) -> str:
    """The output ``frontend-status`` of a deploy whose frontend serves ``text``."""
    scene.fakes.probe.pages[SITE] = page(text)
    scene.fakes.probe.allowed = {SITE} if allowed else set()
    report = scene.run(frontend_url=SITE, **inputs)
    assert report.exit is Exit.DONE, report.problems
    return scene.outputs["frontend-status"]


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("fetch('https://tester-rag.spaces.test/api/chat')", "connected"),
        ("fetch('http://localhost:8000/api/chat')", "stale"),
        ("fetch('/api/chat')", "unknown"),
    ],
)
def test_the_live_page_tells_whom_it_calls(scene: Scene, script: str, status: str) -> None:
    assert seen(scene, f"<script>{script}</script>") == status


def test_an_origin_that_is_not_allowed_is_blocked_and_the_run_stays_green(scene: Scene) -> None:
    assert seen(scene, "<script>fetch('/')</script>", allowed=False) == "blocked-by-cors"
    warned = "\n".join(str(each) for each in scene.fakes.console.notices)
    assert f"A browser on `{SITE}` is blocked by CORS at GET /api/health" in warned


def test_the_variable_to_set_and_its_value_are_named(scene: Scene) -> None:
    code = (scene.root / "backend/app/main.py").read_text()
    cors = (
        "import os\nfrom fastapi.middleware.cors import CORSMiddleware\n"
        'app.add_middleware(CORSMiddleware, allow_origins=os.environ["WEB_ORIGINS"].split(","))\n'
    )
    (scene.root / "backend/app/main.py").write_text(code + cors)
    seen(scene, "", allowed=False, variables="WEB_ORIGINS=https://other.example")
    warned = "\n".join(str(each) for each in scene.fakes.console.notices)
    assert f"Set the variable `WEB_ORIGINS` to `{SITE}`" in warned


def test_a_page_that_breaks_on_process_is_recognised(scene: Scene) -> None:
    seen(scene, "<script>const u = process.env.REACT_APP_API_URL</script>")
    warned = "\n".join(str(each) for each in scene.fakes.console.notices)
    assert "process.env.REACT_APP_API_URL" in warned


def test_without_a_frontend_url_nothing_is_asked(scene: Scene) -> None:
    scene.run()
    assert "frontend-status" not in scene.outputs
    assert all(url.endswith("/api/health") for url, _, _ in scene.fakes.probe.asked)


def test_the_follow_up_keeps_what_was_seen(scene: Scene) -> None:
    assert seen(scene, "<script>fetch('http://localhost:8000/')</script>") == "stale"
    assert scene.outputs["frontend-commit"]
