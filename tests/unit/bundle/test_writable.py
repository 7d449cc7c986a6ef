"""What the app writes: folders that user 1000 gets in the made image, and places it can't have."""

from __future__ import annotations

import pytest

from tests.unit.bundle.conftest import APP, MINIMAL, Plan, Planner

OWN = (
    "FROM python:3.12-slim\nRUN useradd -m -u 1000 user\nUSER user\nWORKDIR /app\n"
    'COPY --chown=user . .\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "7860"]\n'
)


def planned(plan: Planner, code: str, **more: str) -> Plan:
    files = {f"backend/{name}": text for name, text in more.items()}
    return plan({**MINIMAL, "backend/main.py": f"{code}\n{APP}", **files})


def made(found: Plan) -> list[str]:
    """The folders that the Dockerfile makes, beside the app's own."""
    line = next(n for n in found.text("Dockerfile").splitlines() if "mkdir -p" in n)
    return line.partition("mkdir -p ")[2].removesuffix(" \\").split()[1:]


@pytest.mark.parametrize(
    ("code", "folder"),
    [
        ("import logging\nlogging.FileHandler('logs/app.log')", "/home/user/app/logs"),
        ("import logging\nlogging.basicConfig(filename='./out/a.log')", "/home/user/app/out"),
        (
            "import logging.handlers as h\nLOG = 'logs/a.log'\nh.RotatingFileHandler(LOG)",
            "/home/user/app/logs",
        ),
        ("URL = 'sqlite:///./data/app.db'", "/home/user/app/data"),
        ("URL = 'sqlite+aiosqlite:///data/app.db?mode=rwc'", "/home/user/app/data"),
        ("import sqlite3\nsqlite3.connect('state/app.db')", "/home/user/app/state"),
        (
            "from pathlib import Path\nlog = Path(__file__).parent / 'logs' / 'a.log'\n"
            "log.write_text('x')",
            "/home/user/app/logs",
        ),
        ("def save():\n    with open('uploads/x.txt', 'w') as f: ...", "/home/user/app/uploads"),
        ("import os\nos.makedirs('/var/lib/chat')", "/var/lib/chat"),
        ("import os\nos.makedirs(os.getenv('STORE', '/mnt/store'))", "/mnt/store"),
        ("URL = 'sqlite:////data/todo.db'", "/data"),
        ("class Settings:\n    upload_dir: str = '/data/uploads'", "/data /data/uploads"),
        ("import logging\nlogging.FileHandler('/app/logs/app.log')", "/home/user/app/logs"),
    ],
)
def test_a_folder_that_the_code_writes_to_is_made_for_the_user(
    plan: Planner, code: str, folder: str
) -> None:
    assert made(planned(plan, code)) == folder.split()


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.mkdir('logs')\nopen('logs/a.log', 'w')",
        "from pathlib import Path\nPath('logs').mkdir()\n(Path('logs') / 'a').write_text('')",
        "open('data/x.csv')",
        "URL = 'sqlite:///app.db'",
        "URL = 'sqlite:///:memory:'",
        "open('/tmp/x/y.txt', 'w')",
        "open('/dev/null', 'w')",
        "app_prefix = '/data'\nDATA_URL = '/data/items'",
        "open('shipped/x.txt', 'a')",
        "open('odd; rm -rf $HOME/x', 'w')",
    ],
)
def test_nothing_is_made_that_is_there_or_that_the_code_makes(plan: Planner, code: str) -> None:
    assert made(planned(plan, code, **{"shipped/.gitkeep": ""})) == []


def test_a_folder_kept_by_a_placeholder_ships(plan: Planner) -> None:
    assert "data/.gitkeep" in planned(plan, "", **{"data/.gitkeep": ""}).paths


def test_the_absolute_path_of_another_image_means_the_app_s_own_folder(plan: Planner) -> None:
    found = planned(plan, "URL = 'sqlite:////app/db/a.db'")
    assert "ln -s /home/user/app /app" in found.text("Dockerfile")
    assert made(found) == ["/home/user/app/db"]


def test_what_lies_in_data_is_said_to_need_storage(plan: Planner) -> None:
    found = planned(plan, "import sqlite3\nsqlite3.connect('/data/todo.db')")
    assert "backend/main.py:2: `/data/todo.db` is only kept where" in found.notices
    assert found.notices.count("/data") == 2


@pytest.mark.parametrize("place", ["/root/.cache/x.db", "/etc/app/x.db", "/home/ann/x.db"])
def test_a_place_that_belongs_to_the_system_is_said_with_its_line(
    plan: Planner, place: str
) -> None:
    found = planned(plan, f"import sqlite3\n\nsqlite3.connect('{place}')")
    assert f"backend/main.py:3: A Space runs as UID 1000, which may not write `{place}`" in (
        found.notices
    )
    assert made(found) == []


def test_under_an_own_dockerfile_a_folder_is_said_unless_it_is_prepared(plan: Planner) -> None:
    code = "import os\nos.makedirs('/srv/chat')\nos.makedirs('/app/logs')"
    found = planned(plan, code, Dockerfile=OWN)
    assert "backend/main.py:2: A Space runs as UID 1000" in found.notices
    assert "/app/logs" not in found.notices
    ready = OWN.replace("useradd -m -u 1000 user", "useradd -m -u 1000 user && mkdir /srv/chat")
    assert "UID 1000" not in planned(plan, code, Dockerfile=ready).notices


def test_models_are_kept_where_the_user_may_write(plan: Planner) -> None:
    assert "HF_HOME=/home/user/.cache/huggingface" in plan(MINIMAL).text("Dockerfile")


@pytest.mark.parametrize(
    "code", ["import sqlite3\nsqlite3.connect('data/a.db')", "open('a.log', 'w')"]
)
def test_a_copy_that_leaves_the_app_s_folder_to_root_is_told(plan: Planner, code: str) -> None:
    own = OWN.replace("--chown=user ", "") + "RUN chmod +x main.py\n"
    found = planned(plan, code, Dockerfile=own)
    assert "backend/Dockerfile:5: `" in found.notices
    assert "is written at backend/main.py:" in found.notices


@pytest.mark.parametrize(
    "own",
    [
        OWN,
        OWN.replace("--chown=user ", "") + "RUN chown -R user .\n",
        OWN.replace("--chown=user ", "") + "RUN chmod -R 777 /app\n",
        OWN.replace("--chown=user ", "") + "RUN mkdir data\n",
        OWN.replace("--chown=user ", "").replace("USER user\n", ""),
    ],
)
def test_a_folder_that_the_dockerfile_gives_away_needs_no_word(plan: Planner, own: str) -> None:
    code = "import sqlite3\nsqlite3.connect('data/a.db')"
    assert "belongs to root" not in planned(plan, code, Dockerfile=own).notices


def test_an_app_that_writes_nothing_may_belong_to_root(plan: Planner) -> None:
    own = OWN.replace("--chown=user ", "")
    assert "belongs to root" not in planned(plan, "open('/tmp/a', 'w')", Dockerfile=own).notices
