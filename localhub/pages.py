"""The pages that people see: the list of Spaces, a Space, and what stands in for an absent app."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
header { display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.35rem; margin: 0; }
a { color: #2563eb; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
.stage { border-radius: 1rem; padding: 0 .7rem; background: #8883; font-size: .85rem; }
.stage[data-stage=RUNNING] { background: #16a34a; color: #fff; }
.stage[data-stage$=ERROR], .stage[data-stage=NO_APP_FILE] { background: #dc2626; color: #fff; }
.stage[data-stage*=ING]:not([data-stage=RUNNING]) { background: #d97706; color: #fff; }
iframe { width: 100%; height: 26rem; border: 1px solid #8886; border-radius: .5rem; }
pre { border: 1px solid #8886; border-radius: .5rem; padding: .75rem; height: 16rem;
  overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
.logs { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); }
pre { margin: 0; }
td, th { text-align: left; padding: .25rem 1.5rem .25rem 0; }
.error { color: #dc2626; white-space: pre-wrap; }
"""

_LIVE = """
const facts = JSON.parse(document.getElementById("facts").textContent);
let shown = null;
const set = (id, text) => { document.getElementById(id).textContent = text; };
async function refresh() {
  const answer = await fetch(facts.state);
  if (!answer.ok) return;
  const state = await answer.json();
  const badge = document.getElementById("stage");
  badge.textContent = badge.dataset.stage = state.stage;
  set("revision", state.sha || "–");
  set("counts",
    `commits ${state.commits} · builds ${state.builds} · restarts ${state.restarts}`);
  set("error", state.errorMessage || "");
  for (const kind of ["build", "run"]) {
    const log = document.getElementById(kind);
    const text = state[kind].join("\\n");
    if (log.textContent !== text) { log.textContent = text; log.scrollTop = log.scrollHeight; }
  }
  if (state.stage === "RUNNING" && state.sha !== shown) {
    shown = state.sha;
    document.getElementById("app").src = facts.app;
  }
}
const again = () => refresh().catch(() => {}).finally(() => setTimeout(again, 700));
again();
"""


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def index(spaces: Iterable[tuple[str, str, str]]) -> str:
    """Every Space: name, stage and address of the app."""
    rows = "".join(
        f'<tr><td><a href="/spaces/{escape(name)}">{escape(name)}</a></td>'
        f'<td><span class="stage" data-stage="{escape(stage)}">{escape(stage)}</span></td>'
        f'<td><a href="{escape(host)}">{escape(host)}</a></td></tr>'
        for name, stage, host in spaces
    )
    table = f"<table><tr><th>Space</th><th>Stage</th><th>App</th></tr>{rows}</table>"
    empty = "<p>No Space yet. Deploy one, and it shows up here.</p>"
    return _document("Local Hub", f"<h1>Local Hub</h1>{table if rows else empty}")


def space(name: str, host: str, stage: str, *, files: Iterable[str]) -> str:
    """One Space: stage, revision, logs and the running app; kept up to date by a small script."""
    facts = {"state": f"/api/local/spaces/{name}/state", "app": host}
    data = json.dumps(facts).replace("<", "\\u003c")
    listing = "".join(f"<li><code>{escape(path)}</code></li>" for path in files)
    shown = f"<details><summary>Files</summary><ul>{listing}</ul></details>" if listing else ""
    body = f"""
<header><h1>{escape(name)}</h1>
<span class="stage" id="stage" data-stage="{escape(stage)}">{escape(stage)}</span>
<a href="{escape(host)}" target="_blank" rel="noopener">{escape(host)}</a></header>
<p>Serving revision <code id="revision">–</code> · <span id="counts"></span></p>
<p class="error" id="error"></p>
<iframe id="app" title="The running app"></iframe>
<div class="logs"><section><h2>Build log</h2><pre id="build"></pre></section>
<section><h2>Run log</h2><pre id="run"></pre></section></div>
{shown}
<script type="application/json" id="facts">{data}</script><script>{_LIVE}</script>"""
    return _document(f"{name} · Local Hub", body)


def waiting(name: str, stage: str, error: str) -> str:
    """What the Hub answers at the app's address while there is no app."""
    doing = {
        "PAUSED": "This Space is paused. Its owner can restart it.",
        "NO_APP_FILE": "This Space has no application file.",
    }.get(stage, "Preparing Space")
    detail = f'<pre class="error">{escape(error)}</pre>' if error else ""
    again = "<script>setTimeout(() => location.reload(), 2000)</script>"
    script = "" if error or stage == "PAUSED" else again
    badge = f'<span class="stage" data-stage="{escape(stage)}">{escape(stage)}</span>'
    body = f"<header><h1>{escape(name)}</h1>{badge}</header><p>{doing}</p>{detail}{script}"
    return _document(f"{name} · Preparing Space", body)


def app_not_found() -> str:
    """The answer to somebody who may not see a private Space's app."""
    return _document("404", "<h1>404</h1><p>Sorry, we can't find the page you are looking for.</p>")
