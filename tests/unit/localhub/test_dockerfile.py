"""What a Dockerfile comes to where there is no container."""

from __future__ import annotations

from localhub.dockerfile import Arrange, Copy, Install, Skipped, parse

RECIPE = """FROM python:3.12-slim
# a comment
RUN apt-get update && apt-get install -y gcc g++ curl && rm -rf /var/lib/apt/lists/*
RUN useradd -m -u 1000 user
USER user
ENV HOME=/home/user PATH=/home/user/.local/bin:$PATH
WORKDIR $HOME/app
COPY --chown=user requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=user . .
HEALTHCHECK --interval=30s \\
    CMD curl -f http://localhost:7860/api/health || exit 1
EXPOSE 7860
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "7860"]
"""


def command(text: str) -> tuple[str, ...]:
    return parse(text, {}).command


def installs(text: str) -> list[tuple[str, ...]]:
    return [step.arguments for step in parse(text, {}).steps if isinstance(step, Install)]


def test_the_recipe_s_dockerfile_is_understood() -> None:
    found = parse(RECIPE, {})
    assert (found.python, found.folder) == ("3.12", "/home/user/app")
    assert found.environment["HOME"] == "/home/user"
    assert found.command[:2] == ("uvicorn", "app.main:app")
    assert [step for step in found.steps if isinstance(step, Copy)] == [
        Copy(sources=("requirements.txt",), destination="/home/user/app/", from_stage=False),
        Copy(sources=(".",), destination="/home/user/app/", from_stage=False),
    ]
    assert installs(RECIPE) == [("--no-cache-dir", "-r", "requirements.txt")]


def test_what_only_a_container_can_do_is_named() -> None:
    skipped = [step.text for step in parse(RECIPE, {}).steps if isinstance(step, Skipped)]
    assert skipped[0] == "RUN apt-get update"
    assert "RUN useradd -m -u 1000 user" in skipped


def test_the_shell_form_goes_through_a_shell() -> None:
    assert command("FROM a\nCMD uvicorn main:app --port $PORT") == (
        "/bin/sh",
        "-c",
        "uvicorn main:app --port $PORT",
    )


def test_an_entrypoint_takes_the_command_as_its_arguments() -> None:
    assert command('FROM a\nENTRYPOINT ["sh", "start.sh"]\nCMD ["--fast"]') == (
        "sh",
        "start.sh",
        "--fast",
    )


def test_an_entrypoint_in_shell_form_takes_no_command() -> None:
    assert command('FROM a\nENTRYPOINT ./start.sh\nCMD ["x"]') == ("/bin/sh", "-c", "./start.sh")


def test_a_broken_list_is_shell_form() -> None:
    assert command('FROM a\nCMD ["x",]')[:2] == ("/bin/sh", "-c")


def test_the_last_command_counts() -> None:
    assert command('FROM a\nCMD ["one"]\nCMD ["two"]') == ("two",)


def test_only_the_last_stage_decides_what_runs() -> None:
    text = (
        "FROM python:3.11 AS builder\nENV A=1\nWORKDIR /build\nRUN pip install fastapi\n"
        'CMD ["no"]\n'
        'FROM python:3.11-slim\nCOPY --from=builder /install /usr/local\nCMD ["yes"]\n'
    )
    found = parse(text, {})
    assert (found.command, found.folder, dict(found.environment)) == (("yes",), "/", {})
    assert installs(text) == [("fastapi",)]


def test_a_stage_built_on_another_inherits_from_it() -> None:
    text = 'FROM python:3.11 AS base\nENV A=1\nWORKDIR /app\nFROM base\nCMD ["x"]\n'
    found = parse(text, {})
    assert (found.folder, found.environment["A"], found.python) == ("/app", "1", "3.11")


def test_arguments_and_defaults_are_filled_in() -> None:
    text = (
        "ARG VERSION=3.10\nFROM python:${VERSION}-slim\nARG LEVEL=INFO\n"
        "ENV LOG=${LEVEL} OTHER=${NONE:-fallback} PLUS=${LEVEL:+set}\n"
    )
    found = parse(text, {"LEVEL": "DEBUG"})
    assert found.python == "3.10"
    assert found.environment == {"LOG": "DEBUG", "OTHER": "fallback", "PLUS": "set"}


def test_continued_lines_comments_between_them_and_old_env_form() -> None:
    text = "FROM a\nRUN pip install \\\n  # why\n  fastapi \\\n  uvicorn\nENV NAME some value\n"
    assert installs(text) == [("fastapi", "uvicorn")]
    assert parse(text, {}).environment == {"NAME": "some value"}


def test_every_spelling_of_an_installation_is_found() -> None:
    lines = (
        "pip3 install a",
        "python -m pip install a",
        "--mount=type=cache,target=/root/.cache pip install a",
        "uv pip install --system a",
        "/opt/venv/bin/pip install a",
        "cd /tmp && pip install a && echo done",
        "uv pip sync a",
    )
    for line in lines:
        assert installs(f"FROM x\nRUN {line}")[0][-1] == "a", line
    assert installs('FROM x\nRUN ["pip", "install", "a"]') == [("a",)]


def test_a_here_document_is_not_read_as_instructions() -> None:
    text = 'FROM a\nRUN <<EOF\nCMD no\nEOF\nCMD ["yes"]'
    assert command(text) == ("yes",)


def test_a_path_with_spaces_is_copied_in_exec_form() -> None:
    (step,) = parse('FROM a\nWORKDIR /app\nCOPY ["my file.txt", "data/"]', {}).steps
    assert step == Copy(sources=("my file.txt",), destination="/app/data/", from_stage=False)


def test_folders_and_executable_bits_are_kept() -> None:
    found = parse("FROM a\nWORKDIR /app\nRUN mkdir -p data && chmod +x start.sh && chown 1 .", {})
    assert [step for step in found.steps if isinstance(step, Arrange)] == [
        Arrange(words=("mkdir", "-p", "data"), folder="/app"),
        Arrange(words=("chmod", "+x", "start.sh"), folder="/app"),
    ]


def test_an_installation_runs_where_the_shell_went() -> None:
    found = parse("FROM x\nWORKDIR /app\nRUN cd backend && pip install -r requirements.txt", {})
    assert found.steps == (Install(arguments=("-r", "requirements.txt"), folder="/app/backend"),)
