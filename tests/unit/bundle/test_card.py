"""Front matter that is wrong: mended so that the Hub takes it, and no text of the README lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.bundle import card_values, front_matter
from localhub.front_matter import problems
from tests.unit.bundle.conftest import MINIMAL, Plan, Planner

TEXT = "# Lighthouse\n\nKeep me.\n"


def card(plan: Planner, readme: str | bytes) -> Plan:
    return plan({**MINIMAL, "backend/README.md": readme})


def values(found: Plan) -> dict[str, object]:
    return dict(front_matter.take_apart(found.content("README.md")).values)


@pytest.mark.parametrize(
    ("block", "line", "kept"),
    [
        ("title: Chat: the app\nlicense: mit\n", 2, {"title": "Chat: the app", "license": "mit"}),
        ("title: A\n\tsdk: docker\n", 3, {"sdk": "docker"}),
        ("title: A\ntags: [rag\n", 4, {"title": "A"}),
        ('title: "A\nsdk: docker\n', 4, {"sdk": "docker"}),
        ("title: A\nemoji: 🐳\ntitle: B\n", 4, {"title": "A", "emoji": "🐳"}),
        ("title: A\nmade: 2020-13-45\n", 1, {"title": "A"}),
        ("title: A: b\nloop: &l [*l]\n", 2, {"title": "A: b"}),
    ],
)
def test_front_matter_that_the_hub_refuses_is_mended_and_said(
    plan: Planner, block: str, line: int, kept: dict[str, object]
) -> None:
    found = card(plan, f"---\n{block}---\n{TEXT}")
    readme = found.text("README.md")
    assert problems(readme) == []
    assert readme.endswith(f"---\n{TEXT}")
    assert {key: values(found)[key] for key in kept} == kept
    assert f"backend/README.md:{line}: The front matter of `backend/README.md`" in found.notices


@pytest.mark.parametrize(
    "readme",
    [
        f"---\n\n{TEXT}Note: it: works\n\n---\nmore\n",
        f"---\n{TEXT}---\n",
        f"---\ntitle: never closed\n{TEXT}",
        f"---\n\n{TEXT}",
    ],
)
def test_a_rule_at_the_top_is_no_front_matter(plan: Planner, readme: str) -> None:
    found = card(plan, readme)
    assert found.text("README.md").endswith(f"---\n{readme}")
    assert problems(found.text("README.md")) == []


@pytest.mark.parametrize(
    ("line", "key", "becomes"),
    [
        ('app_port: "8000"', "app_port", 8000),
        ("app_port: 99999", "app_port", 7860),
        ("emoji: rocket", "emoji", "🤖"),
        ("colorFrom: Red", "colorFrom", "red"),
        ("colorFrom: '#ff0000'", "colorFrom", "blue"),
        ("title: 2024", "title", "2024"),
        ("title:", "title", "Rag Chatbot"),
        ("sdk: static", "sdk", "docker"),
        ("tags: rag, chat", "tags", ["rag", "chat"]),
        ("pinned: 'yes'", "pinned", True),
        ("pinned: 1", "pinned", True),
        ("base_path: docs", "base_path", "/docs"),
        ("short_description: " + "word " * 20, "short_description", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_corrected_and_said(
    plan: Planner, line: str, key: str, becomes: object
) -> None:
    found = card(plan, f"---\n{line}\n---\n{TEXT}")
    assert problems(found.text("README.md")) == []
    assert becomes is None or values(found)[key] == becomes
    assert f"corrected in {key}." in found.notices


@pytest.mark.parametrize(
    "lines",
    [
        'sdk_version: "0.100.0"',
        "app_file: Dockerfile",
        "header: tiny",
        "startup_duration_timeout: soon",
        "tags:\n- rag\n- chat\nmodels: {a: b}",
        "models:\n- a\nfullWidth:\n- b\n- c",
    ],
)
def test_what_a_docker_space_has_no_use_for_is_taken_out_and_said(
    plan: Planner, lines: str
) -> None:
    found = card(plan, f"---\n{lines}\nlicense: mit\n---\n{TEXT}")
    gone = lines.splitlines()[-1].partition(":")[0] if "- b" not in lines else "fullWidth"
    assert gone not in values(found)
    assert values(found)["license"] == "mit"
    assert f"freed from {gone}." in found.notices
    assert values(found).get("models", ["a"]) == ["a"]
    assert problems(found.text("README.md")) == []


LINES = st.sampled_from(
    (
        *("title: A", "title: A: b", "title:", "sdk: gradio", 'sdk: "docker', "app_port: '80'"),
        *(
            "emoji: x",
            "emoji: 🐳",
            "colorFrom: RED",
            "tags: a, b",
            "tags:",
            "- a",
            "  - b",
            "a: [b",
        ),
        *(
            "pinned: yes",
            "pinned: {}",
            "# c",
            "",
            "\tx",
            "just text",
            "short_description: |",
            "  x",
        ),
        *(
            "base_path: a",
            "header: 1",
            "license: mit",
            "app_file: x",
            "? a",
            "&a b",
            "a: *b",
            "!!x y",
        ),
    )
)


@given(st.lists(LINES | st.text(max_size=20), max_size=8), st.binary(max_size=40))
def test_whatever_stands_in_a_block_the_hub_takes_what_becomes_of_it(
    lines: list[str], body: bytes
) -> None:
    block = "\n".join(line for line in lines if not line.startswith("---"))
    readme = front_matter.take_apart(f"---\n{block}\n---\n".encode() + body)
    wanted: dict[str, object] = {
        "title": "A",
        "emoji": "🤖",
        "colorFrom": "red",
        "colorTo": "gray",
        "sdk": "docker",
    }
    wanted |= {"app_port": 7860, "short_description": "B"}
    changes = card_values.corrections(readme.values, wanted)
    made = front_matter.put_together(readme, changes, card_values.removals(readme.values))
    assert problems(made.decode("utf-8", "replace")) == []
    assert made.endswith(body)
    assert set(wanted) <= set(front_matter.take_apart(made).values)


@pytest.mark.parametrize("block", ["colorFrom: RED\n\n  x\n", "{colorFrom: teal, a: b}\n"])
def test_a_value_over_several_lines_or_in_braces_is_replaced_whole(
    plan: Planner, block: str
) -> None:
    found = card(plan, f"---\n{block}---\n{TEXT}")
    assert values(found)["colorFrom"] == "blue"
    assert problems(found.text("README.md")) == []


def test_a_readme_of_another_encoding_ships_as_utf_8(plan: Planner) -> None:
    found = card(plan, "---\ntitle: Café\n---\nVoilà\n".encode("utf-16"))
    assert values(found)["title"] == "Café"
    assert found.text("README.md").endswith("---\nVoilà\n")


def test_a_byte_order_mark_and_windows_line_ends_are_read(plan: Planner) -> None:
    found = card(plan, b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\nHi\r\n")
    assert values(found)["title"] == "A"
    assert found.content("README.md").endswith(b"\r\n---\r\nHi\r\n")


@pytest.mark.parametrize("name", ["space.yaml", "huggingface.yml", "README_HF.md", "readme.md"])
def test_another_file_that_looks_like_a_space_s_configuration_is_said(
    plan: Planner, name: str
) -> None:
    found = plan(
        {
            **MINIMAL,
            "backend/README.md": TEXT,
            f"backend/{name}": "---\ntitle: A\nsdk: docker\n---\n",
            "backend/data.yaml": "title: A\n",
        }
    )
    assert f"`backend/{name}` looks like a Space's configuration" in found.notices
    assert "data.yaml" not in found.notices
