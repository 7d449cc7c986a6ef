"""A Dockerfile as steps for a machine without Docker."""

from __future__ import annotations

import pytest

from deployer.image.commands import Install, Run, Skipped
from deployer.image.recipe import Copy, Recipe, read_recipe


def recipe(text: str, **given: str) -> Recipe:
    return read_recipe(text.encode(), given)


def steps(text: str, kind: type) -> list[object]:
    return [step for step in recipe(text).steps if isinstance(step, kind)]


def test_files_packages_variables_folder_and_command_are_read() -> None:
    found = recipe(
        "FROM python:3.12-slim\nENV HOME=/home/user DATA=$HOME/data\nWORKDIR $HOME/app\n"
        "COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY --chown=user . .\n"
        'CMD ["uvicorn", "main:app"]\n'
    )
    assert (found.python, found.folder) == ("3.12", "/home/user/app")
    assert found.environment == {"HOME": "/home/user", "DATA": "/data"}
    assert found.command == ("uvicorn", "main:app")
    assert found.steps == (
        Copy(sources=("requirements.txt",), target="/home/user/app/"),
        Install(arguments=("-r", "requirements.txt"), folder="/home/user/app"),
        Copy(sources=(".",), target="/home/user/app/"),
    )


@pytest.mark.parametrize(
    "command",
    [
        "pip install fastapi",
        "pip3.11 install fastapi",
        "python -m pip install fastapi",
        "/opt/venv/bin/pip install fastapi",
        "uv pip install fastapi",
        "PIP_NO_CACHE_DIR=1 pip install fastapi",
        "--mount=type=cache,target=/root/.cache pip install fastapi",
    ],
)
def test_pip_is_known_in_every_form(command: str) -> None:
    found = steps(f"FROM python:3.11\nRUN {command}\n", Install)
    assert found == [Install(arguments=("fastapi",), folder="/")]


def test_a_quoted_text_is_one_word() -> None:
    found = steps('FROM python:3.11\nRUN cd /srv && python -c "import a; b && c"\n', Run)
    assert found == [Run(words=("python", "-c", "import a; b && c"), folder="/srv")]


def test_what_takes_a_container_is_named_and_skipped() -> None:
    found = steps("FROM python:3.11\nRUN apt-get install -y git && mkdir -p /data\n", Skipped)
    assert found == [Skipped(text="RUN apt-get install -y git")]


@pytest.mark.parametrize(
    "line",
    [
        "RUN poetry install",
        "RUN uv sync --frozen",
        "RUN python -m pipenv install --system",
        "RUN conda env create -f environment.yml",
        "RUN pip install $(cat list.txt)",
        "RUN <<EOF\npip install fastapi\nEOF",
        'CMD ["poetry", "run", "uvicorn", "main:app"]',
        'CMD ["uv", "run", "main.py"]',
    ],
)
def test_an_installation_that_is_not_understood_is_beyond(line: str) -> None:
    found = recipe(f'FROM python:3.11\nCMD ["uvicorn", "main:app"]\n{line}\n')
    assert [each.line for each in found.beyond] == [3]


def test_the_stages_below_the_last_one_give_variables_and_command() -> None:
    found = recipe(
        "FROM python:3.12 AS base\nENV A=1\nWORKDIR /srv\nCMD python main.py\n"
        "FROM node AS web\nENV B=1\nCMD node x.js\nFROM base\nCOPY --from=web /dist ./dist\n"
    )
    assert (found.python, found.folder, dict(found.environment)) == ("3.12", "/srv", {"A": "1"})
    assert found.command == ("/bin/sh", "-c", "python main.py")
    assert found.steps == (Skipped(text="COPY --from=web /dist ./dist"),)


def test_an_entrypoint_takes_the_command_as_its_arguments_but_not_in_shell_form() -> None:
    both = 'FROM python:3.11\nENTRYPOINT ["gunicorn"]\nCMD ["main:app"]\n'
    assert recipe(both).command == ("gunicorn", "main:app")
    shell = 'FROM python:3.11\nENTRYPOINT gunicorn main:app\nCMD ["x"]\n'
    assert recipe(shell).command == ("/bin/sh", "-c", "gunicorn main:app")


def test_a_space_s_variables_are_build_arguments() -> None:
    text = 'ARG PY=3.12\nFROM python:${PY}\nARG MODEL=small\nENV M=$MODEL N=${NO:-x}\nCMD ["a"]\n'
    assert dict(recipe(text).environment) == {"M": "small", "N": "x"}
    assert dict(recipe(text, MODEL="large").environment) == {"M": "large", "N": "x"}


def test_a_mode_of_a_copy_is_a_step_of_its_own() -> None:
    found = recipe('FROM python:3.11\nCOPY --chmod=755 start.sh /srv/\nCMD ["/srv/start.sh"]\n')
    assert found.steps[1] == Run(words=("chmod", "-R", "755", "/srv/"), folder="/")


@pytest.mark.parametrize(
    "text", ["", "RUN", "FROM\nCOPY\nENV\nARG\nCMD [\n", "\x00\xff", "FROM a b c d"]
)
def test_a_broken_file_is_read_without_an_error(text: str) -> None:
    assert recipe(text).python == ""
