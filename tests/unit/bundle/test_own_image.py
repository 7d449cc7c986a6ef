"""A brought Dockerfile: how it is read, and what of it a Space could not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployer.errors import Problem
from deployer.image.own import assignments, read_dockerfile
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

Refusal = Callable[..., tuple[Problem, ...]]

HEAD = "FROM python:3.12-slim\nRUN useradd -m -u 1000 user\nUSER user\nCOPY --chown=user . .\n"
START = 'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n'
SECRET = "q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6G"


def own(plan: Planner, docker: str, **inputs: tuple[str, ...]) -> Plan:
    return plan({**MINIMAL, "backend/Dockerfile": docker}, **inputs)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEAD + START,
        (HEAD + START).replace("CMD", "cmd").replace("FROM", "from").replace("USER", "user"),
        "# syntax=docker/dockerfile:1\n" + HEAD + START,
        "\ufeff" + HEAD + START,
        (HEAD + START).replace("FROM ", "FROM\t").replace("CMD ", "CMD\t"),
        (HEAD + START).replace("\n", "\r\n"),
        "# escape=`\n" + HEAD + START.replace('"uvicorn", ', '"uvicorn", `\n'),
        HEAD + START.replace('"uvicorn", ', '"uvicorn", \\\n# a comment\n\n'),
        HEAD + "RUN <<EOF\nCMD nothing\nUSER root\nEOF\n" + START,
        HEAD + "RUN <<A && cat <<B\nCMD no\nA\nUSER root\nB\n" + START,
        HEAD + "ONBUILD USER root\n" + START,
        "ARG V=3.12\n" + HEAD.replace("3.12", "${V}") + START,
        "ARG V\n" + HEAD.replace("3.12", "${V:-3.12}") + START,
        HEAD.replace("FROM ", "FROM --platform=linux/amd64 ") + START,
        HEAD.replace("-slim", "-slim AS base") + "FROM node AS web\nFROM base AS last\n" + START,
        HEAD.replace("-slim", "-slim as base") + START + "FROM base\nLABEL a=b\n",
    ],
)
def test_every_way_to_write_it_is_read_alike(plan: Planner, text: str) -> None:
    found = own(plan, text)
    assert found.notices == ""
    assert (found.backend.python_version, found.backend.app_port) == ("3.12", 7860)


def test_a_last_line_that_goes_on_to_nothing_is_read() -> None:
    assert read_dockerfile(b"FROM a\nCMD b \\", "D").instructions[-1].value == "b"


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("A=1 B='x y' C=\"z\"", [("A", "1"), ("B", "x y"), ("C", "z")]),
        ("A b", [("A", "b")]),
        ("A", []),
        ("A=", [("A", "")]),
    ],
)
def test_both_forms_of_an_assignment_are_read(value: str, pairs: list[tuple[str, str]]) -> None:
    assert list(assignments(value)) == pairs


# --- what a Space could not run -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("docker", "says"),
    [
        (HEAD + START.replace('"7860"', '"7860", "--reload"'), ":5: The server starts in its mode"),
        (HEAD + 'CMD ["fastapi", "dev", "main.py"]\n', ":5: The server starts in its mode"),
        (
            HEAD + "CMD uvicorn main:app --host 0.0.0.0 --port $PORT\n",
            ":5: The start command takes",
        ),
        (HEAD + 'CMD ["sh", "-c", "uvicorn main:app --port 7860"]\n', ":5: The app only listens"),
        (HEAD + "CMD hypercorn main:app\n", ":5: The app only listens"),
        (HEAD + "CMD gunicorn main:app -k uvicorn.workers.UvicornWorker\n", ":5: The app only"),
        (
            HEAD.replace("python:", "acme/python:") + START.replace("main:app", "server.run:app"),
            ":5: `server.run` is started here",
        ),
        (HEAD.replace("python:", "registry.acme.io/python:") + START, ":1: The Hub pulls images"),
        (HEAD.replace("-u 1000", "-r") + START, ":3: The image runs as `user` (UID below 1000)"),
        (
            HEAD.replace("useradd -m -u 1000 user", "addgroup --gid 1001 g && adduser -u 1001 user")
            + START,
            ":3: The image runs as `user` (UID 1001)",
        ),
    ],
)
def test_what_it_could_not_run_is_said_with_its_line(plan: Planner, docker: str, says: str) -> None:
    assert f"backend/Dockerfile{says}" in own(plan, docker).notices


@pytest.mark.parametrize(
    "docker",
    [
        HEAD + "ENV PORT=7860\nCMD uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        HEAD + "CMD gunicorn -c gunicorn.conf.py main:app\n",
        HEAD.replace("python:", "ghcr.io/acme/python:") + START,
        HEAD.replace("python:", "acme/python:") + START,
        HEAD.replace("useradd -m -u 1000 user", "adduser --disabled-password user") + START,
        HEAD.replace("USER user", "USER $WHO") + START,
        HEAD.replace("useradd -m", "groupadd -r user && useradd -m") + START,
    ],
)
def test_what_it_can_run_is_let_be(plan: Planner, docker: str) -> None:
    assert own(plan, docker).notices == ""


@pytest.mark.parametrize(
    ("call", "reachable"),
    [
        ("uvicorn.run(app, port=7860)", False),
        ("uvicorn.run(app, host='localhost', port=7860)", False),
        ("uvicorn.run(app, host=os.getenv('H', '127.0.0.1'))", False),
        ("uvicorn.run(app, host='0.0.0.0', port=7860)", True),
        ("uvicorn.run(app, **options)", True),
        ("uvicorn.run(app, uds='/tmp/x')", True),
    ],
)
def test_a_started_script_is_read_for_its_host(plan: Planner, call: str, reachable: bool) -> None:
    code = f"import os\nimport uvicorn\n{APP}\nif __name__ == '__main__':\n    {call}\n"
    docker = f'{HEAD}EXPOSE 7860\nCMD ["python", "run.py"]\n'
    files = {**MINIMAL, "backend/run.py": code, "backend/Dockerfile": docker}
    told = "backend/run.py:13: The app only listens inside" in plan(files, app="run:app").notices
    assert told is not reachable


def test_a_port_that_the_workflow_gives_is_set(plan: Planner) -> None:
    docker = HEAD + "CMD uvicorn main:app --host 0.0.0.0 --port $PORT\n"
    assert own(plan, docker, variables=("PORT",)).notices == ""


# --- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"ENV COHERE_API_KEY={SECRET}", "ENV COHERE_API_KEY"),
        (f'ENV A=1 JWT_SECRET="{SECRET}"', "ENV JWT_SECRET"),
        (f"ENV POSTGRES_PASSWORD {SECRET[:9]}", "ENV POSTGRES_PASSWORD"),
        (f"ARG TOKEN={SECRET}", "ARG TOKEN"),
    ],
)
def test_a_secret_that_is_written_into_the_image_is_refused(
    refused: Refusal, line: str, name: str
) -> None:
    (problem,) = refused({**MINIMAL, "backend/Dockerfile": f"{HEAD}{line}\n{START}"})
    assert f"`{name}`" in problem.message
    assert str(problem.where) == "backend/Dockerfile:5"
    assert SECRET[:9] not in str(problem)


def test_a_secret_of_a_known_shape_is_told_of_once(refused: Refusal) -> None:
    docker = f"{HEAD}ENV HF_TOKEN=hf_{SECRET}{SECRET[:10]}\n{START}"
    (problem,) = refused({**MINIMAL, "backend/Dockerfile": docker})
    assert "a Hugging Face token" in problem.message


def test_a_copy_of_an_environment_file_is_told_what_to_do(refused: Refusal) -> None:
    docker = f"{HEAD}COPY .env ./\n{START}"
    (problem,) = refused({**MINIMAL, "backend/Dockerfile": docker, "backend/.env": "A=1"})
    assert str(problem.where) == "backend/Dockerfile:5"
    assert "never ships" in problem.hint


@pytest.mark.parametrize(
    "line",
    [
        "ARG OPENAI_API_KEY",
        'ENV OPENAI_API_KEY=""',
        "ENV OPENAI_API_KEY=$OPENAI_API_KEY",
        "ENV OPENAI_API_KEY=your-key-1234",
        "ENV SECRET_KEY=changeme123",
        "ENV MAX_TOKENS=4096",
        "ENV TOKENIZERS_PARALLELISM=false",
        "ENV TOKEN_FILE=/run/secrets/token1",
        "ENV PASSWORD_HASHER=bcrypt_sha256",
        "ENV PYTHONPATH=/app/q7Zt3Vb9Xk2L",
    ],
)
def test_names_without_a_real_value_are_let_be(plan: Planner, line: str) -> None:
    assert own(plan, f"{HEAD}{line}\n{START}").notices == ""


@pytest.mark.parametrize("given", ["COPY --chmod=755 start.sh .\n", "RUN chmod +x start.sh\n"])
def test_a_script_that_is_made_executable_may_be_started(plan: Planner, given: str) -> None:
    script = {"backend/start.sh": "uvicorn main:app --host 0.0.0.0 --port 7860\n"}
    docker = HEAD + given + 'CMD ["./start.sh"]\n'
    assert "executable" not in plan({**MINIMAL, **script, "backend/Dockerfile": docker}).notices


@pytest.mark.parametrize(
    ("port", "told"), [("8000", True), ("7860", False), ("${PORT:-7860}", False)]
)
def test_a_health_check_that_asks_another_port_is_told(
    plan: Planner, port: str, told: bool
) -> None:
    check = f"HEALTHCHECK CMD curl -f http://localhost:{port}/health || exit 1\n"
    said = "backend/Dockerfile:5: HEALTHCHECK asks port 8000, the app listens on 7860."
    assert (said in own(plan, HEAD + check + START).notices) is told


def test_a_host_from_the_environment_or_gunicorns_file_is_no_silent_one(plan: Planner) -> None:
    start = 'CMD ["uvicorn", "main:app", "--port", "7860"]\n'
    assert "only listens" in own(plan, HEAD + start).notices
    assert "only listens" not in own(plan, HEAD + "ENV UVICORN_HOST=0.0.0.0\n" + start).notices
    config = {"backend/gunicorn.conf.py": "bind = '0.0.0.0:7860'\n"}
    docker = {"backend/Dockerfile": HEAD + 'CMD ["gunicorn", "main:app"]\n'}
    assert "only listens" in plan({**MINIMAL, **docker}).notices
    assert "only listens" not in plan({**MINIMAL, **docker, **config}).notices
