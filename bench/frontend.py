"""Rewriting a frontend of many source files beside reading them.

Both in a process of their own that tells its seconds: start-up, the same for both, is left out.
"""

from __future__ import annotations

import random
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from bench.environment import ROOT
from bench.result import Option, Result, Row, beside

GOAL: Final = 3.0
MANIFEST: Final = (
    '{"name": "web", "dependencies": {"react": "19"}, "devDependencies": {"vite": "7"}}'
)
CLIENT: Final = """\
export const API = "http://localhost:8000";

export async function ask(question: string) {
  const answer = await fetch(`${API}/api/chat`, { method: "POST", body: question });
  return answer.json();
}
"""
REWRITE: Final = """\
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from deployer.adapters.disk import Workspace
import deployer.frontend.plan  # before the clock starts
from deployer.frontend import plan_frontend
from deployer.frontend.request import FrontendRequest
started = time.perf_counter()
plan = plan_frontend(
    FrontendRequest(paths=None, backend_folder="backend", backend_url="https://o-n.hf.space"),
    Workspace(Path(sys.argv[2])),
)
taken = time.perf_counter() - started
assert len(plan.changes) == 1, plan
print(taken)
"""
READ: Final = """\
import os, sys, time
from pathlib import Path
started = time.perf_counter()
for folder, _, names in os.walk(sys.argv[2]):
    for name in names:
        Path(folder, name).read_bytes()
print(time.perf_counter() - started)
"""


def _measure(folder: Path, options: Namespace) -> Result:
    _make(folder / "frontend", options.sources, random.Random(options.seed))  # noqa: S311
    ours, theirs = [], []
    for _ in range(options.turns):
        theirs.append(_seconds(READ, folder) * 1000)
        ours.append(_seconds(REWRITE, folder) * 1000)
    name = f"rewriting a frontend of {options.sources:,} sources"
    return Result(measures=[beside(name, ours, theirs, opponent="reading them", bound=GOAL)])


def _make(root: Path, count: int, chance: random.Random) -> None:
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text(MANIFEST)
    (root / "src" / "api.ts").write_text(CLIENT)
    for number in range(count - 1):
        folder = root / "src" / f"part{number // 50}"
        folder.mkdir(exist_ok=True)
        (folder / f"View{number}.tsx").write_text(_view(number, chance))


def _view(number: int, chance: random.Random) -> str:
    states = "".join(
        f"  const [value{each}, setValue{each}] = useState({chance.randrange(100)});\n"
        for each in range(chance.randint(5, 40))
    )
    asks = chance.random() < 0.1
    client = 'import { ask } from "../api";\n' if asks else ""
    call = '  useEffect(() => { ask("?").then(setValue0); }, []);\n' if asks else ""
    return (
        f'import {{ useEffect, useState }} from "react";\n{client}\n'
        f"export function View{number}() {{\n{states}{call}"
        f"  return <p>part {number}: {{value0}}</p>;\n}}\n"
    )


def _seconds(code: str, folder: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


ROW: Final = Row(
    name="frontend",
    about="rewriting a frontend beside reading its files",
    measure=_measure,
    options=(Option(name="sources", default=5_000, help="source files of the frontend"),),
)
