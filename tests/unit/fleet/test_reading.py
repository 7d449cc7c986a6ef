"""From spaces.yml to entries: defaults, overrides, names, words; every problem with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.errors import Refused
from deployer.fleet import LARGEST, MOST
from deployer.fleet.reading import find_entry, read_fleet
from tests.unit.fleet.conftest import Problems, Read

EXAMPLE = Path(__file__).parents[3] / "examples" / "spaces.yml"


def test_a_space_takes_what_it_leaves_open_from_the_defaults(read: Read) -> None:
    fleet = read("""
        defaults:
          backend: api
          health-timeout: 900
        spaces:
          - space: acme/a
          - space: acme/b
            backend: services/b
    """)
    texts = [entry.texts() for entry in fleet.entries]
    assert [each["backend"] for each in texts] == ["api", "services/b"]
    assert [each["health-timeout"] for each in texts] == ["900", "900"]
    assert [each["space"] for each in texts] == ["acme/a", "acme/b"]


def test_a_name_alone_is_a_space_like_all(read: Read) -> None:
    fleet = read("""
        defaults: {backend: api}
        spaces: [acme/a, acme/b]
    """)
    assert [(each.space, each.backend) for each in fleet.entries] == [
        ("acme/a", "api"),
        ("acme/b", "api"),
    ]


def test_null_takes_back_what_the_defaults_gave(read: Read) -> None:
    fleet = read("""
        defaults: {health-path: /up, title: All}
        spaces:
          - space: acme/a
            health-path: ~
            title:
    """)
    assert not {"health-path", "title"} & fleet.entries[0].texts().keys()


def test_values_stay_the_text_that_was_written(read: Read) -> None:
    fleet = read("""
        spaces:
          - space: acme/a
            python-version: 3.10
            create: false
            sleep-time: 0900
            variables: {FLAG: on, WHEN: 2020-01-01, EMPTY: "", NUMBER: 1_000}
    """)
    (entry,) = fleet.entries
    assert entry.texts()["python-version"] == "3.10"
    assert (entry.texts()["create"], entry.texts()["sleep-time"]) == ("false", "0900")
    values = {name: named.value for name, named in entry.variables.items()}
    assert values == {"FLAG": "on", "WHEN": "2020-01-01", "EMPTY": "", "NUMBER": "1_000"}


def test_lists_become_lines(read: Read) -> None:
    fleet = read("""
        spaces:
          - space: acme/a
            ignore: ["*.csv", "!kept.csv"]
            frontend-url: [https://a.example, https://b.example]
    """)
    texts = fleet.entries[0].texts()
    assert texts["ignore"] == "*.csv\n!kept.csv"
    assert texts["frontend-url"] == "https://a.example\nhttps://b.example"


# --- secrets and variables ------------------------------------------------------------------------


def test_secrets_and_variables_are_added_to_those_of_the_defaults(read: Read) -> None:
    fleet = read("""
        defaults:
          secrets: [SHARED]
          variables: {LEVEL: INFO, KIND: all}
        spaces:
          - space: acme/a
            secrets: {DATABASE_URL: DATABASE_URL_A}
            variables: {LEVEL: DEBUG}
    """)
    (entry,) = fleet.entries
    assert entry.texts()["secrets"] == "SHARED\nDATABASE_URL"
    assert entry.texts()["variables"] == "LEVEL\nKIND"
    values = {"SHARED": "s", "DATABASE_URL_A": "a", "DATABASE_URL": "another's"}
    assert entry.environment(values) == {
        "SHARED": "s",
        "DATABASE_URL": "a",
        "LEVEL": "DEBUG",
        "KIND": "all",
    }


def test_a_name_without_its_own_value_never_takes_another_one(read: Read) -> None:
    fleet = read("""
        spaces:
          - space: acme/a
            secrets: {DATABASE_URL: DATABASE_URL_A}
    """)
    (entry,) = fleet.entries
    values = {"DATABASE_URL": "another's"}
    assert entry.environment(values) == {"DATABASE_URL": ""}
    assert [name for name, _ in entry.without_value(values)] == ["DATABASE_URL"]


@pytest.mark.parametrize(
    "form",
    ["[A, B]", "{A: , B: B}", "|\n              A\n              # not this\n              B"],
)
def test_names_come_as_a_list_a_mapping_or_lines(read: Read, form: str) -> None:
    fleet = read(f"""
        spaces:
          - space: acme/a
            secrets: {form}
    """)
    assert fleet.entries[0].texts()["secrets"] == "A\nB"


def test_variables_come_as_lines_with_values_too(read: Read) -> None:
    fleet = read("""
        spaces:
          - space: acme/a
            variables: |
              LEVEL=a = b
              FROM_THE_WORKFLOW
    """)
    (entry,) = fleet.entries
    environment = entry.environment({"FROM_THE_WORKFLOW": "w"})
    assert environment == {"LEVEL": "a = b", "FROM_THE_WORKFLOW": "w"}


@pytest.mark.parametrize(
    "form",
    [
        "[A=hunter2]",
        "{A: hunter2}",
        "{A: [hunter2]}",
        "A=hunter2",
        "[[hunter2]]",
        "{A: sk-hunter2hunter2hunter2}",
        "{SK_LIVE: HUNTER2 HUNTER2}",
        "{A: AKIA" + "HUNTER2HUNTER2X}",
    ],
)
def test_a_secret_s_value_is_refused_and_not_shown(problems: Problems, form: str) -> None:
    (said, *_) = problems(f"""
        spaces:
          - space: acme/a
            secrets: {form}
    """)
    assert said.startswith("spaces.yml:4: ")
    assert "hunter2" not in said.lower()


@pytest.mark.parametrize("name", ["hf-token", "github-token", "hf_token"])
def test_tokens_never_stand_in_the_file(problems: Problems, name: str) -> None:
    (said,) = problems(f"spaces:\n  - space: acme/a\n    {name}: hf_secret\n")
    assert "A token comes from the workflow's secrets" in said
    assert "hf_secret" not in said


# --- each -----------------------------------------------------------------------------------------


def test_each_word_makes_a_space(read: Read) -> None:
    fleet = read("""
        spaces:
          - space: acme/course-{each}
            each: [algebra, data-science]
            title: About {each}
            variables: {COLLECTION: "{each}-2"}
            secrets: {DATABASE_URL: "DATABASE_URL_{EACH}"}
    """)
    second = fleet.entries[1]
    assert [each.space for each in fleet.entries] == [
        "acme/course-algebra",
        "acme/course-data-science",
    ]
    assert second.texts()["title"] == "About data-science"
    assert second.variables["COLLECTION"].value == "data-science-2"
    assert second.secrets["DATABASE_URL"].source == "DATABASE_URL_DATA_SCIENCE"


def test_each_needs_its_place_in_the_name(problems: Problems) -> None:
    (said,) = problems("spaces:\n  - space: acme/course\n    each: [a, b]\n")
    assert said.startswith("spaces.yml:2: `space` must hold `{each}`")


# --- problems -------------------------------------------------------------------------------------


def test_every_problem_is_said_at_once_with_its_line(problems: Problems) -> None:
    said = problems("""\
        defaults:
          health-timeout: soon
          health_path: /up
        spaces:
          - space: acme
          - space: acme/b
            canary: perhaps
            mode: plan
            color-from: orange
          - space: ACME/b
          - backend: api
        more: 1
    """)
    lines = [int(re.match(r"spaces\.yml:(\d+): ", each)[1]) for each in said]  # type: ignore[index]
    assert lines == [2, 3, 5, 7, 8, 9, 10, 11, 12]
    text = "\n".join(said)
    assert "Did you mean `health-path`?" in text
    assert "`ACME/b` is listed twice, first on line 6" in text


def test_one_wrong_default_is_said_once(problems: Problems) -> None:
    said = problems("defaults: {health-timeout: soon}\nspaces: [a/b, a/c, a/d]\n")
    assert len(said) == 1


@pytest.mark.parametrize(
    "text", ["", "spaces:", "spaces: {}", "spaces: []", "- acme/a", "hello", "defaults: {}"]
)
def test_a_file_without_spaces_is_refused(problems: Problems, text: str) -> None:
    assert "Write `spaces:`" in " ".join(problems(text))


def test_two_spaces_do_not_rewrite_the_same_client(problems: Problems, read: Read) -> None:
    text = "spaces:\n  - {space: a/b, frontend: web}\n  - {space: a/c, frontend: web%s}\n"
    for same in ("", "/", "/."):
        assert "`a/b` and `a/c` would both rewrite `web`" in problems(text % same)[0]
    assert len(read(text % "-of-c").entries) == 2
    assert len(read(text % ", frontend-commit: none").entries) == 2


def test_without_a_frontend_of_its_own_a_space_rewrites_none(read: Read) -> None:
    assert read("spaces: [a/b]").entries[0].texts()["frontend"] == "none"


def test_a_file_that_is_missing_or_too_large_is_refused() -> None:
    for content in (None, b"#" * (LARGEST + 1)):
        with pytest.raises(Refused, match="fleet"):
            read_fleet(content, "spaces.yml")


def test_more_spaces_than_the_workflow_has_jobs_for_are_refused(problems: Problems) -> None:
    words = ", ".join(f"w{number}" for number in range(MOST + 1))
    (said,) = problems(f"spaces:\n  - space: acme/{{each}}\n    each: [{words}]\n")
    assert f"more than {MOST} Spaces" in said


def test_an_unknown_space_is_named_with_its_likely_spelling(read: Read) -> None:
    fleet = read("spaces: [acme/chat, acme/search]")
    assert find_entry(fleet, "ACME/Chat").space == "acme/chat"
    with pytest.raises(Refused, match="Did you mean `acme/search`"):
        find_entry(fleet, "acme/serach")


def test_the_example_is_a_fleet() -> None:
    fleet = read_fleet(EXAMPLE.read_bytes(), "spaces.yml")
    assert len(fleet.entries) == 6
    assert [each.space for each in fleet.entries if each.canary] == ["acme/chat-staging"]
