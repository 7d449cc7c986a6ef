"""How an image's paths and port become this machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from localhub.dockerfile import Copy, parse
from localhub.environments import _portable
from localhub.logs import Log
from localhub.runner import BuildFailed
from localhub.venv_runner import _copy, _follow, _Place, below

ROOT = Path("/scratch/root")


def place(dockerfile: str, asked: int = 7860) -> _Place:
    instructions = parse(dockerfile, {})
    return _Place(root=ROOT, instructions=instructions, asked=asked, given=41000)


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ('["prog", "--port", "7860"]', ["prog", "--port", "41000"]),
        ('["prog", "-b", "0.0.0.0:7860"]', ["prog", "-b", "0.0.0.0:41000"]),
        ('["prog", "--port=7860"]', ["prog", "--port=41000"]),
        ('["prog", "x7860", "17860", "7860.0"]', ["prog", "x7860", "17860", "7860.0"]),
        ("prog --port ${PORT:-7860}", ["/bin/sh", "-c", "prog --port ${PORT:-41000}"]),
    ],
)
def test_the_port_is_replaced_wherever_it_stands(written: str, run: list[str]) -> None:
    found = place(f"FROM a\nCMD {written}").command({"PATH": "/nowhere"})
    assert found == run


def test_another_app_port_is_replaced_too() -> None:
    found = place('FROM a\nCMD ["prog", "7860", "8000"]', asked=8000)
    assert found.command({"PATH": "/nowhere"}) == ["prog", "7860", "41000"]


def test_the_dockerfile_s_own_port_variable_follows() -> None:
    assert place("FROM a\nENV PORT=7860 SIZE=78600").environment() == {
        "PORT": "41000",
        "SIZE": "78600",
    }


def test_paths_of_the_image_are_found_below_the_folder() -> None:
    found = place("FROM a\nWORKDIR /app\nENV PYTHONPATH=/app:/app/lib OTHER=/etc/app APPLE=/apple")
    assert found.environment() == {
        "PYTHONPATH": "/scratch/root/app:/scratch/root/app/lib",
        "OTHER": "/etc/app",
        "APPLE": "/apple",
    }


def test_a_program_of_an_environment_inside_the_image_is_taken_from_ours(tmp_path: Path) -> None:
    program = tmp_path / "uvicorn"
    program.touch(mode=0o755)
    found = place('FROM a\nCMD ["/opt/venv/bin/uvicorn", "main:app"]')
    assert found.command({"PATH": str(tmp_path)})[0] == str(program)


def test_no_path_leads_out_of_the_folder(tmp_path: Path) -> None:
    assert below(tmp_path, "/../../etc") == tmp_path


def copy(tmp_path: Path, *sources: str, to: str) -> list[str]:
    context, root = tmp_path / "context", tmp_path / "root"
    (context / "data").mkdir(parents=True)
    (context / "data" / "x.txt").touch()
    (context / "a.txt").touch()
    root.mkdir()
    _copy(Copy(sources=sources, destination=to, from_stage=False), context, root, Log())
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_a_copied_folder_gives_its_content(tmp_path: Path) -> None:
    assert copy(tmp_path, "data", to="/app") == ["app/x.txt"]


def test_a_copied_file_takes_the_name_that_it_is_given(tmp_path: Path) -> None:
    assert copy(tmp_path, "a.txt", to="/app/b.txt") == ["app/b.txt"]


def test_a_copied_file_goes_into_a_folder(tmp_path: Path) -> None:
    assert copy(tmp_path, "*.txt", to="/app/") == ["app/a.txt"]


def test_copying_what_is_not_there_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"/missing\.txt"):
        copy(tmp_path, "missing.txt", to="/app/")


def test_only_what_means_something_outside_a_container_is_passed_to_pip() -> None:
    given = (
        "--no-cache-dir --user --prefix /install --timeout=60 -q -r a.txt "
        "--extra-index-url https://x --require-hashes fastapi"
    )
    assert _portable(given.split()) == (
        "-r",
        "a.txt",
        "--extra-index-url",
        "https://x",
        "--require-hashes",
        "fastapi",
    )


def test_requirements_named_by_a_path_of_the_image_are_found(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "requirements.txt").touch()
    instructions = parse("FROM a\nCOPY . /code\nRUN pip install -r /code/requirements.txt", {})
    (wanted,) = _follow(instructions, context, tmp_path / "root", Log())
    assert Path(wanted.arguments[1]).is_file()
