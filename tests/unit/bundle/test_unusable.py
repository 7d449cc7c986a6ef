"""A brought Dockerfile that can't start the app is set aside, and one is made."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from deployer.errors import Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

START = 'CMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n'
FILES = {
    **MINIMAL,
    "backend/start.sh": "",
    "backend/run.py": "",
    "backend/app/api.py": "",
    "backend/app/__init__.py": "",
}


def dockerfile(*lines: str, base: str = "python:3.12-slim", start: str = START) -> str:
    return "\n".join((f"FROM {base}", "WORKDIR /srv/app", "USER 1000", *lines, start))


def made(found: Plan) -> bool:
    return found.text("Dockerfile").startswith("# Made by")


@pytest.mark.parametrize(
    ("brought", "says"),
    [
        ("", ":1: .*no FROM"),
        ("web: uvicorn main:app\n", ":1: .*no FROM"),
        (dockerfile("COPY . .", base=""), ":1: .*no FROM"),
        (dockerfile("COPY . .", start=""), ":1: .*without CMD"),
        (dockerfile("COPY . .", start="", base="continuumio/miniconda3"), ":1: .*without CMD"),
        (dockerfile("COPY requirements.txt ."), ":5: .*`backend/main.py` is in none"),
        (dockerfile("COPY app/ ./app/"), ":5: .*`backend/main.py` is in none"),
        (
            dockerfile("COPY . .", start="CMD uvicorn app.main:app --host 0.0.0.0"),
            ":5: .*`app.main:app`",
        ),
        (dockerfile("COPY . .", start="CMD python app/run.py"), ":5: .*/srv/app/app/run.py"),
        (
            dockerfile("COPY . .", "WORKDIR app", start="CMD python app/api.py"),
            ":6: .*/srv/app/app/app/api.py",
        ),
        (dockerfile("COPY . .", start='CMD ["/entry.sh"]'), ":5: .*`/entry.sh`"),
        (dockerfile("COPY . .", start='ENTRYPOINT ["sh", "entry.sh"]'), ":5: .*`entry.sh`"),
        (
            dockerfile("COPY . .", base="node:20", start='CMD ["npm", "start"]'),
            ":1: .*nothing starts Python",
        ),
    ],
)
def test_what_can_t_start_the_app_is_set_aside_and_told(
    plan: Planner, brought: str, says: str
) -> None:
    found = plan({**FILES, "backend/Dockerfile": brought})
    assert made(found)
    assert re.search(f"backend/Dockerfile{says}", found.notices)


@pytest.mark.parametrize(
    "brought",
    [
        dockerfile("COPY . ."),
        dockerfile("COPY *.py ./"),
        dockerfile("COPY $SOURCE ./"),
        dockerfile("COPY requirements.txt .", "RUN git clone https://x.example/y ."),
        dockerfile("COPY requirements.txt .", base="acme/service:1"),
        dockerfile("COPY . .", start="", base="tiangolo/uvicorn-gunicorn-fastapi:python3.11"),
        dockerfile("COPY . ./shop/", start="CMD uvicorn shop.main:app --host 0.0.0.0"),
        dockerfile("COPY main.py ./asgi.py", start="CMD uvicorn asgi:app --host 0.0.0.0"),
        dockerfile("COPY . .", start="CMD gunicorn main:app -b unix:app.sock -b 0.0.0.0:80"),
        dockerfile("COPY . .", start="CMD cd app && python api.py"),
        dockerfile("COPY . .", start="CMD python /srv/app/run.py"),
        dockerfile("ENV PLACE=/code", "WORKDIR $PLACE", "COPY . .", start="CMD python run.py"),
        dockerfile("ARG PLACE", "WORKDIR $PLACE", "COPY . .", start="CMD python run.py"),
        dockerfile("COPY . .", "COPY start.sh /usr/bin/", start='CMD ["start.sh"]'),
        dockerfile("COPY . .", "RUN echo true > /made.sh", start='CMD ["/made.sh"]'),
        dockerfile("COPY . .", "RUN mv app shop", start="CMD uvicorn shop.api:app"),
        dockerfile("COPY --parents app/api.py main.py ./", start="CMD python app/api.py"),
        dockerfile("COPY . .", start='CMD ["poetry", "run", "start"]'),
        "FROM python:3.12 AS made\nCOPY . /made\nFROM python:3.12\nWORKDIR /x\nUSER 1000\n"
        "COPY --from=made /made .\nCMD python run.py\n",
        "FROM python:3.12\nCOPY . /made\nFROM python:3.12\nWORKDIR /x\nUSER 1000\n"
        "COPY --from=0 /made .\nCMD python run.py\n",
        "FROM python:3.12 AS base\nWORKDIR /x\nCOPY . .\nFROM base\nCMD python run.py\n",
    ],
)
def test_what_may_start_the_app_is_taken(plan: Planner, brought: str) -> None:
    found = plan({**FILES, "backend/Dockerfile": brought})
    assert found.text("Dockerfile") == brought
    assert "set aside" not in found.notices


def test_the_python_of_an_image_that_is_set_aside_is_kept(plan: Planner) -> None:
    brought = dockerfile("COPY . .", start="", base="python:3.13")
    assert plan({**MINIMAL, "backend/Dockerfile": brought}).backend.python_version == "3.13"


def test_another_dockerfile_is_taken_where_one_is_good(plan: Planner) -> None:
    good = dockerfile("COPY backend/ .")
    found = plan({**MINIMAL, "backend/Dockerfile": dockerfile(start=""), "Dockerfile": good})
    assert found.text("Dockerfile") == good
    assert "set aside (`Dockerfile` is taken)" in found.notices


def test_without_anything_to_make_one_from_both_reasons_are_told(
    refused: Callable[..., tuple[Problem, ...]],
) -> None:
    brought = dockerfile("COPY . .", "RUN pip install fastapi", start="")
    problems = refused({"backend/main.py": APP, "backend/Dockerfile": brought})
    assert [str(problem.where) for problem in problems][:1] == ["backend/Dockerfile:1"]
    assert len(problems) == 2


def test_values_that_double_again_and_again_end(plan: Planner) -> None:
    doubling = ["ENV A=aaaaaaaaaa", *["ENV A=$A$A"] * 60, "WORKDIR $A", "COPY . ."]
    brought = dockerfile(*doubling, start="CMD uvicorn main:app --host 0.0.0.0")
    assert plan({**MINIMAL, "backend/Dockerfile": brought}).text("Dockerfile") == brought
