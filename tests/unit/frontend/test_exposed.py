"""Secrets that a build would put into the browser's code are warned about, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.adapters.disk import Workspace
from deployer.frontend import FrontendRequest, plan_frontend

DOCUSAURUS = """\
const config = {
  customFields: {
    nested: { deeper: 1 },
    geminiKey: process.env.GEMINI_API_KEY,
  },
  themeConfig: { algolia: { apiKey: process.env.OTHER_API_KEY } },
};
"""


def warned(root: Path, path: str, text: str) -> list[str]:
    (root / "web/package.json").parent.mkdir(exist_ok=True)
    (root / "web/package.json").write_text('{"dependencies": {"vite": "7"}}')
    (root / "web" / path).write_text(text)
    (root / "web/main.ts").write_text(
        (root / "web/main.ts").read_text() if path == "main.ts" else ""
    )
    request = FrontendRequest(
        paths=None, backend_folder="backend", backend_url="https://o-s.hf.space"
    )
    plan = plan_frontend(request, Workspace(root))
    return [str(each) for each in plan.notices if "browser's code" in each.message]


@pytest.mark.parametrize(
    "text",
    [
        "const key = process.env.NEXT_PUBLIC_GEMINI_API_KEY;",
        "const key = import.meta.env.VITE_OPENAI_KEY;",
        "const key = import.meta.env['VITE_DB_PASSWORD'];",
        "headers: { Authorization: process.env.REACT_APP_QDRANT_TOKEN }",
    ],
)
def test_a_secret_s_name_behind_a_public_prefix_is_warned_about(text: str, tmp_path: Path) -> None:
    (found,) = warned(tmp_path, "main.ts", f"\n{text}\n")
    assert found.startswith("web/main.ts:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "const key = process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY;",
        "const key = import.meta.env.VITE_FIREBASE_API_KEY;",
        "const key = import.meta.env.VITE_STRIPE_PUBLISHABLE_KEY;",
        "const url = import.meta.env.VITE_API_URL;",
        "const key = import.meta.env.VITE_KEYBOARD;",
        "const key = process.env.GEMINI_API_KEY;",
    ],
)
def test_what_is_meant_to_be_seen_or_never_gets_there_is_not(text: str, tmp_path: Path) -> None:
    assert warned(tmp_path, "main.ts", text) == []


def test_a_committed_environment_file_is_looked_at(tmp_path: Path) -> None:
    (found,) = warned(tmp_path, ".env.production", "VITE_API_URL=/\nVITE_SECRET=s3cr3t\n")
    assert found.startswith("web/.env.production:2: ")
    assert "s3cr3t" not in found


def test_custom_fields_of_docusaurus_reach_the_page_and_other_fields_are_not_read(
    tmp_path: Path,
) -> None:
    (found,) = warned(tmp_path, "docusaurus.config.ts", DOCUSAURUS)
    assert found.startswith("web/docusaurus.config.ts:4: `GEMINI_API_KEY`")


def test_a_name_is_warned_about_once(tmp_path: Path) -> None:
    text = "a(import.meta.env.VITE_API_KEY);\nb(import.meta.env.VITE_API_KEY);\n"
    assert len(warned(tmp_path, "main.ts", text)) == 1
