"""A deploy's surroundings: a workspace, its branch, a Hub, a probe and a clock in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from deployer.context import Context
from deployer.given import read_settings
from deployer.model import SpaceId
from deployer.modes import street_of
from deployer.report import Report
from tests.fakes.hub import Behaviour, FakeSpace, says
from tests.fakes.repo import FakeRepo
from tests.fakes.world import FakeWorld, make_world

SPACE = SpaceId(owner="tester", name="rag")
MAIN = """from fastapi import FastAPI

app = FastAPI(title="RAG")


@app.get("/api/health")
def health():
    return {"status": "healthy"}


@app.post("/api/chat")
def chat(question: str):
    return {"answer": question}
"""
CLIENT = """export class ChatClient {
  private baseUrl: string;

  constructor() {
    this.baseUrl = 'http://localhost:8000';
  }

  async ask(question: string) {
    return fetch(`${this.baseUrl}/api/chat`, { method: 'POST', body: question });
  }
}
"""
FILES = {
    "backend/app/__init__.py": "",
    "backend/app/main.py": MAIN,
    "backend/requirements.txt": "fastapi\nuvicorn\n",
    "frontend/package.json": '{"name": "web"}\n',
    "frontend/src/chatClient.ts": CLIENT,
}
CLIENT_PATH = "frontend/src/chatClient.ts"
# Assembled, so that no scanner takes this file for a leak.
CANARIES = {
    "GEMINI_API_KEY": "AIza" + "SyC4nary0000111122223333444455556",
    "DATABASE_URL": "postgresql://u:pa55" + "canary@db.example.com/app?sslmode=require",
    "PLAIN_SECRET": 'tr0ub4dor"_*<canary>*_`value`&#1;\\end',
}
SICK = says('{"status": "degraded", "services": {"qdrant": {"status": "error 404"}}}', 503)
V1, V2_SICK, NOT_BUILT = (
    Behaviour(),
    Behaviour(app=SICK),
    Behaviour(ends="BUILD_ERROR", error="Job failed with exit code: 1"),
)


class Scene(Struct):
    """A workspace, the branch it was checked out from, and the world around them."""

    root: Path
    repo: FakeRepo
    fakes: FakeWorld
    environment: dict[str, str] = field(default_factory=lambda: dict(CANARIES))
    context: Context = field(default_factory=lambda: Context(workspace="."))

    def run(self, *, token: str = "tester:write", **inputs: str) -> Report:
        given = {"SPACE": str(SPACE), "HF_TOKEN": token, **inputs}
        settings = read_settings({f"INPUT_{name.upper()}": value for name, value in given.items()})
        context = replace(self.context, environment=self.environment)
        return street_of(settings)(settings, context, self.fakes.world)

    def again(self, **inputs: str) -> Report:
        """The next run: a new checkout of the branch, new console and journal, no counted write."""
        for path in FILES:
            content = self.repo.read(path, self.repo.head("main"))
            assert content is not None
            (self.root / path).write_bytes(content)
        world = self.fakes.world
        self.fakes = make_world(self.root, self.repo)
        self.fakes = replace(
            self.fakes,
            hub=world.spaces.hub,  # type: ignore[attr-defined]
            clock=world.clock,  # type: ignore[arg-type]
            probe=world.probe,  # type: ignore[arg-type]
            pulls=world.pulls,  # type: ignore[arg-type]
            comments=world.comments,  # type: ignore[arg-type]
            issues=world.issues,  # type: ignore[arg-type]
            deployments=world.deployments,  # type: ignore[arg-type]
            rehearsals=world.rehearsals,  # type: ignore[arg-type]
            world=replace(world, console=self.fakes.console, journal=self.fakes.journal),
        )
        self.space.counters.writes = 0
        self.fakes.hub.calls.clear()
        return self.run(**inputs)

    def change_code(self, text: str = "# changed\n") -> None:
        self.repo.push_by_somebody("backend/app/main.py", (MAIN + text).encode())

    @property
    def space(self) -> FakeSpace:
        return self.fakes.hub.made[str(SPACE)]

    @property
    def outputs(self) -> Mapping[str, str]:
        return self.fakes.journal.outputs

    def everything_shown(self) -> str:
        journal = self.fakes.journal
        return "\n".join(
            [
                *self.fakes.console.lines,
                *journal.outputs.values(),
                journal.summary_text,
                *journal.documents.values(),
                *(commit.message + commit.description for commit in self.space.commits),
                *(content.decode("utf-8", "replace") for content in self.space.files.values()),
            ]
        )
