"""The Dockerfile and README.md of a Space, made or brought."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deployer.bundle import front_matter
from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

Refusal = Callable[..., tuple[Problem, ...]]
SECTIONS = [
    "Features",
    "API Endpoints",
    "Required Secrets and Variables",
    "Configuration",
    "CORS",
    "Health check response",
    "Cold start",
]
OWN = (
    "FROM python:3.12-slim\nRUN useradd -m -u 1000 user\nUSER user\n"
    "COPY --chown=user . .\nEXPOSE 7860\n"
    'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n'
)


def head(found: Plan) -> dict[str, object]:
    _, block, _ = found.text("README.md").split("---\n", 2)
    loaded: dict[str, object] = yaml.safe_load(block)
    return loaded


def own(plan: Planner, docker: str, **files: str) -> Plan:
    return plan(
        {**MINIMAL, "backend/Dockerfile": docker, **{f"backend/{k}": v for k, v in files.items()}}
    )


# --- the made Dockerfile --------------------------------------------------------------------------


def test_dependencies_are_installed_before_the_code_is_copied(plan: Planner) -> None:
    text = plan(MINIMAL).text("Dockerfile")
    assert text.index("pip install") < text.index("COPY --chown=user . .")


# --- a brought one --------------------------------------------------------------------------------


def test_an_own_dockerfile_is_used_as_it_is(plan: Planner) -> None:
    found = own(plan, OWN)
    assert found.file("Dockerfile").source == "backend/Dockerfile"
    assert found.notices == ""
    assert found.backend.python_version == "3.12"


@pytest.mark.parametrize(
    ("docker", "says"),
    [
        (
            OWN.replace('"0.0.0.0"', '"127.0.0.1"'),
            "backend/Dockerfile:6: The app only listens inside",
        ),
        (
            OWN.replace('"--host", "0.0.0.0", ', ""),
            "backend/Dockerfile:6: The app only listens inside",
        ),
        (
            OWN.replace('CMD ["uvicorn"', 'ENTRYPOINT ["uvicorn"]\nCMD [').replace(
                '[, "main:app", "--host", "0.0.0.0"', '["main:app"'
            ),
            "backend/Dockerfile:7: The app only listens inside",
        ),
        (OWN.replace("USER user\n", ""), "backend/Dockerfile:1: The image runs as root"),
        ("FROM x AS y\n" + OWN.replace("USER user\n", ""), ":2: The image runs as root"),
        (OWN.replace("USER user", "USER root"), "backend/Dockerfile:3: The image runs as root"),
        (OWN.replace("-u 1000", "-u 1001"), "(UID 1001)"),
        (OWN.replace("EXPOSE 7860", "EXPOSE 8000"), "backend/Dockerfile:5: EXPOSE says 8000"),
        (
            OWN.partition("CMD")[0] + 'CMD ["./start.sh"]\n',
            "backend/Dockerfile:6: `./start.sh` is started directly, and no file of a Space",
        ),
    ],
)
def test_what_a_space_could_not_run_is_said_with_its_line(
    plan: Planner, docker: str, says: str
) -> None:
    assert says in own(plan, docker, **{"start.sh": ""}).notices


@pytest.mark.parametrize(
    ("docker", "port"),
    [
        (OWN, 7860),
        (OWN.replace("7860", "8000"), 8000),
        (
            OWN.replace(
                'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]',
                "CMD uvicorn main:app --host 0.0.0.0 --port ${PORT:-8080}",
            ),
            8080,
        ),
        (
            OWN.replace('"--port", "7860"', '"--port", "$PORT"').replace(
                "EXPOSE 7860", "ENV PORT=9000"
            ),
            9000,
        ),
        (
            OWN.replace('"--port", "7860"', '"--port", "$PORT"').replace(
                "EXPOSE 7860", "ARG GIVEN=9001\nENV PORT=${GIVEN}"
            ),
            9001,
        ),
        (
            OWN.replace(
                'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]',
                'CMD ["python", "main.py"]',
            ).replace("7860", "5000"),
            5000,
        ),
        (
            OWN.replace(
                '"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"',
                '"gunicorn", "main:app", "-b", "0.0.0.0:8001"',
            ),
            8001,
        ),
    ],
)
def test_the_space_forwards_to_the_port_of_an_own_dockerfile(
    plan: Planner, docker: str, port: int
) -> None:
    found = own(plan, docker)
    assert found.backend.app_port == port
    assert head(found)["app_port"] == port


def test_a_readme_that_names_another_port_than_the_app_listens_on_is_corrected(
    plan: Planner,
) -> None:
    found = own(plan, OWN, **{"README.md": "---\nsdk: docker\napp_port: 8000\n---\nHi\n"})
    assert head(found)["app_port"] == 7860
    assert "backend/Dockerfile:6: README.md says `app_port: 8000`" in found.notices


@pytest.mark.parametrize(
    ("command", "file", "line"),
    [
        ('["python", "run.py"]', "run.py", "uvicorn.run('main:app', host='0.0.0.0', port=8001)"),
        ("python ./run.py", "run.py", "uvicorn.run(app, port=int(os.getenv('PORT', '8001')))"),
        ('["sh", "go.sh"]', "go.sh", "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8001}"),
    ],
)
def test_without_any_other_word_the_started_script_tells_the_port(
    plan: Planner, command: str, file: str, line: str
) -> None:
    docker = f"{OWN.partition('EXPOSE')[0]}CMD {command}\n"
    assert own(plan, docker, **{file: f"{line}\n"}).backend.app_port == 8001


def test_a_readme_that_names_another_port_than_expose_is_said(plan: Planner) -> None:
    docker = OWN.partition("EXPOSE")[0] + 'EXPOSE 8000\nCMD ["python", "main.py"]\n'
    found = own(plan, docker, **{"README.md": "---\napp_port: 7860\n---\n"})
    assert found.backend.app_port == 7860
    assert "backend/Dockerfile:5: The app listens on port 8000, the Space forwards" in found.notices


def test_a_port_that_only_the_readme_tells_is_kept(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/README.md": "---\napp_port: 8000\n---\nHi\n"})
    assert head(found)["app_port"] == 8000
    assert '"--port", "8000"' in found.text("Dockerfile")
    assert "EXPOSE 8000" in found.text("Dockerfile")


def test_a_dockerfile_for_the_repositorys_root_gets_the_folder_it_copies_from(
    plan: Planner,
) -> None:
    docker = OWN.replace("COPY --chown=user . .", "COPY --chown=user backend/ ./")
    found = own(plan, docker)
    assert {"Dockerfile", "README.md", "backend/main.py"} <= found.paths


def test_a_dockerfile_that_copies_what_is_not_there_is_refused(refused: Refusal) -> None:
    docker = OWN.replace("COPY --chown=user . .", "COPY nothing* shared/ main.py ./")
    (problem,) = refused({**MINIMAL, "backend/Dockerfile": docker})
    assert str(problem.where) == "backend/Dockerfile:4"
    assert "`shared/`" in problem.message


def test_an_ignored_dockerfile_is_replaced_by_a_made_one(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/Dockerfile": OWN}, ignore=("Dockerfile",))
    assert found.text("Dockerfile").startswith("# Made by")


def test_a_dockerfile_made_for_the_hub_comes_first(plan: Planner) -> None:
    found = own(plan, OWN.replace("7860", "8000"), **{"Dockerfile.hf": OWN})
    assert found.text("Dockerfile") == OWN
    assert found.backend.app_port == 7860


# --- README.md ------------------------------------------------------------------------------------


def test_a_made_readme_has_its_sections_and_front_matter(plan: Planner) -> None:
    found = plan(MINIMAL)
    text = found.text("README.md")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert head(found) == {
        "title": "Rag Chatbot",
        "emoji": "🤖",
        "colorFrom": "blue",
        "colorTo": "purple",
        "sdk": "docker",
        "app_port": 7860,
        "short_description": "FastAPI backend",
    }
    assert "| GET | `/health` | Health |" in text
    assert "🤖" in text


def test_inputs_win_over_what_is_found(plan: Planner) -> None:
    inputs = {
        "title": "Mine: #1",
        "emoji": "🐳",
        "color_from": "red",
        "color_to": "gray",
        "short_description": "'x'",
    }
    found = plan({**MINIMAL, "backend/README.md": "---\ntitle: Old\n---\nHi\n"}, **inputs)
    assert {k: head(found)[k] for k in ("title", "emoji", "colorFrom", "short_description")} == {
        "title": "Mine: #1",
        "emoji": "🐳",
        "colorFrom": "red",
        "short_description": "'x'",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"# Hi\n\n---\nx: 1\n---\n",
        b"---\n\n# Hi\n\ntext\n\n---\nmore\n",
        b"# Hi\r\n\r\ntext\r\n",
        b"\n\n no end",
        b"",
    ],
)
def test_the_text_of_a_brought_readme_stays_byte_for_byte(plan: Planner, body: bytes) -> None:
    found = plan({**MINIMAL, "backend/README.md": body})
    assert found.content("README.md").endswith(body)
    assert front_matter.take_apart(found.content("README.md")).body == body


def test_front_matter_is_completed_and_other_keys_kept(plan: Planner) -> None:
    readme = (
        '---\n# mine\ntitle: "Chat"   # a comment\ncolorFrom: teal\nsdk: gradio\n'
        "pinned: true\ntags:\n  - rag\nshort_description: >\n"
        "  far too long a description that goes on and on and on and on and on\n---\n"
        "Hi\n"
    )
    found = plan({**MINIMAL, "backend/README.md": readme})
    text = found.text("README.md")
    assert '# mine\ntitle: "Chat"   # a comment\n' in text
    assert head(found) | {"short_description": ""} == {
        "title": "Chat",
        "colorFrom": "blue",
        "sdk": "docker",
        "pinned": True,
        "tags": ["rag"],
        "short_description": "",
        "emoji": "🤖",
        "colorTo": "purple",
        "app_port": 7860,
    }
    assert 0 < len(str(head(found)["short_description"])) <= 60
    assert "completed with emoji, colorTo, app_port." in found.notices
    assert "corrected in colorFrom, sdk, short_description." in found.notices


def test_a_readme_is_found_however_it_spells_its_name(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/readme.md": "# Hi\n"})
    assert found.text("README.md").endswith("---\n# Hi\n")
    assert "readme.md" not in found.paths


def test_a_complete_readme_ships_untouched(plan: Planner) -> None:
    readme = (
        "---\ntitle: A\nemoji: 🐳\ncolorFrom: red\ncolorTo: gray\nsdk: docker\n"
        "app_port: 7860\nshort_description: B\n---\nHi\n"
    )
    assert (
        plan({**MINIMAL, "backend/README.md": readme}).file("README.md").source
        == "backend/README.md"
    )


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({"color_from": "teal"}, "color-from"),
        ({"emoji": "rocket"}, "emoji"),
        ({"short_description": "x" * 61}, "short-description"),
        ({"python_version": "3"}, "python-version"),
        ({"health_path": "health; rm"}, "health-path"),
    ],
)
def test_wrong_inputs_are_refused(refused: Refusal, inputs: dict[str, str], name: str) -> None:
    (problem,) = refused(MINIMAL, **inputs)
    assert problem.exit is Exit.CONFIGURATION
    assert str(problem.where) == f"input `{name}`"


def test_the_environment_table_tells_what_is_configured_and_hides_credentials(
    plan: Planner,
) -> None:
    code = (
        "import os\nA = os.environ['GEMINI_API_KEY']\nB = os.getenv('LOG_LEVEL', 'INFO')\n"
        "C = os.getenv('JWT_SECRET', 'do-not-show')\n" + APP
    )
    found = plan(
        {**MINIMAL, "backend/main.py": code}, secrets=("GEMINI_API_KEY",), variables=("EXTRA",)
    )
    text = found.text("README.md")
    assert "| `GEMINI_API_KEY` | yes |  | as a secret |" in text
    assert "| `LOG_LEVEL` | no | `INFO` | no |" in text
    assert "| `EXTRA` | not read by name |  | as a variable |" in text
    assert "do-not-show" not in text


def test_a_route_can_not_break_the_table(plan: Planner) -> None:
    code = (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/a', summary='x | y\\n"
        "<b>`')\ndef a(): ...\n"
    )
    line = next(
        line
        for line in plan({**MINIMAL, "backend/main.py": code}).text("README.md").splitlines()
        if "`/a`" in line
    )
    assert line == "| GET | `/a` | x \\| y \\<b\\>\\` |"


@given(title=st.text(), description=st.text())
def test_front_matter_holds_any_text_and_nothing_else(title: str, description: str) -> None:
    wanted = {"title": title, "short_description": description, "sdk": "docker"}
    readme = front_matter.put_together(front_matter.take_apart(b"Hi\n"), wanted)
    parts = front_matter.take_apart(readme)
    assert parts.values == wanted
    assert parts.body == b"Hi\n"


@given(st.text())
def test_a_shortened_description_fits(text: str) -> None:
    short = front_matter.shortened(text)
    assert len(short) <= 60
    assert "\n" not in short


def test_two_runs_make_the_same_bundle(plan: Planner) -> None:
    assert plan(MINIMAL).bundle == plan({}).bundle
