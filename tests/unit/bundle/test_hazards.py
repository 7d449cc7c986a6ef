"""What must not reach a Space."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deployer.bundle.credentials import SHAPES, Shape
from deployer.errors import Exit, Problem
from tests.unit.bundle.conftest import APP, MINIMAL, Planner, write

Refusal = Callable[..., tuple[Problem, ...]]

# Made up, and put together here so that no scanner takes this file for a leak.
BODY = "q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6Gh1Jf0PcAeUo"
HEX = "4f9c1e7a0b3d8265f1c4e97a3b0d6852c7e1"
TOKENS = [
    "hf_" + BODY[:34],
    "ghp_" + BODY + "9",
    "AKIA" + "Q7ZT3VB9XK2LM5RN",
    "AIza" + BODY[:35],
    "sk-" + BODY + BODY[:10],
    "sk-proj-" + BODY + "_" + BODY[:10],
    "gsk_" + BODY + BODY[:16],
    "sk-ant-api03-" + BODY + "-" + BODY,
    "glpat-" + BODY[:20],
    "GOCSPX-" + BODY[:28],
    "ya29." + BODY + BODY,
    "AccountKey=" + (BODY * 3)[:86] + "==",
    "r8_" + BODY + "Kq",
    "nvapi-" + BODY + BODY,
    "pcsk_" + BODY + "_" + BODY,
    "tvly-dev-" + BODY[:32],
    "lsv2_pt_" + HEX[:32] + "_" + HEX[5:15],
    "sb_secret_" + BODY[:24],
    "npg_" + BODY[:12],
    "xoxb-" + "4821930571-" + BODY[:24],
    "https://hooks.slack.com/services/T0Q7ZT3VB/B0XK2LM5R/" + BODY[:24],
    "https://discord.com/api/webhooks/482193057148219305/" + BODY + BODY,
    "4821930571:AA" + BODY[:33],
    "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ." + BODY[:30],
    "sk_live_" + BODY[:24],
    "whsec_" + BODY[:32],
    "SG." + BODY[:22] + "." + BODY + BODY[:8],
    "re_" + BODY[:8] + "_" + BODY[:24],
    "key-" + HEX[:32],
    "SK" + HEX[:32],
    "npm_" + BODY + "9",
    "pypi-AgEI" + BODY + BODY,
    "dapi" + HEX[:32],
    "dop_v1_" + (HEX * 2)[:64],
    "ntn_" + BODY + BODY[:10],
    "pat" + BODY[:14] + "." + (HEX * 2)[:64],
    "mongodb+srv://ann:" + BODY[:12] + "@cluster0.q7zt3.mongodb.net/db",
    "rediss://:" + BODY[:20] + "@eu1-cool-sun-1.upstash.io:6379",
    "eyJ" + BODY[:20] + ".eyJ" + BODY[:25] + "." + BODY,
    "postgresql://neondb_owner:" + BODY[:16] + "@ep-cool-sun-1.eu-central-1.aws.neon.tech/db",
    "-----BEGIN PRIVATE KEY-----\n" + BODY + BODY + "\n-----END PRIVATE KEY-----",
    '"-----BEGIN RSA PRIVATE KEY-----\\n' + BODY + BODY + '"',
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_credential_is_refused_with_its_line_and_never_shown(
    refused: Refusal, token: str
) -> None:
    (problem,) = refused({**MINIMAL, "backend/notes.txt": f"one\ntwo {token}\n"})
    assert problem.exit is Exit.BUNDLE
    assert str(problem.where) == "backend/notes.txt:2"
    assert token[8:16] not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "HF_TOKEN=hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "OPENAI_API_KEY=sk-your-openai-api-key-goes-here-please",
        "postgresql://user:password@localhost:5432/db",
        "postgresql://postgres:s3cr3tQ@db:5432/app",
        "postgresql://user:password@ep-cool.neon.tech/db",
        "postgresql://{user}:{password}@{host}/db",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkoifQ.SflKxwRJSMeKKF2QT4fw",
        "if key.startswith('-----BEGIN PRIVATE KEY-----'):",
        "class='sk-folding-cube-animation-wrapper-inner-block'",
        "hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/XXXXXXXXXXXXXXXXXXXXXXXX",
        # Supabase's key for browsers, {"role": "anon", "iss": "supabase"}
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImlzcyI6InN1cGFiYXNlIn0.q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6G",
        # A Firebase app's settings, which every browser that visits it is given.
        '{apiKey: "AIza' + BODY[:35] + '", authDomain: "x.firebaseapp.com"}',
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_examples_and_look_alikes_ship(plan: Planner, text: str) -> None:
    assert ".env.example" in plan({**MINIMAL, "backend/.env.example": text}).paths


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)
def test_every_shape_has_a_sample_that_it_alone_knows_by_its_mark(shape: Shape) -> None:
    found = [token.encode() for token in TOKENS if shape.pattern.search(token.encode())]
    missing = {"a Clerk key"}  # like Stripe's
    assert found or shape.kind in missing
    assert all(any(mark in token for mark in shape.marks) for token in found)


@pytest.mark.parametrize(
    "line",
    [
        'COHERE_API_KEY = "' + BODY + '"',
        'api_key: str = "' + BODY + '"',
        "client(api_key='" + BODY + "')",
        'os.getenv("JWT_SECRET", "' + HEX + '")',
        'config = {"password": "' + BODY[:18] + '"}',
    ],
)
def test_a_random_value_of_a_telling_name_is_warned_of(plan: Planner, line: str) -> None:
    found = plan({**MINIMAL, "backend/other.py": f"x = 1\n{line}\n"})
    assert "backend/other.py:2: This line seems to hold a secret" in found.notices
    assert BODY[:12] not in found.notices


@pytest.mark.parametrize(
    "line",
    [
        'SECRET_KEY = "change-this-in-production-2024"',
        'API_KEY = "your-api-key-goes-here-123"',
        'ACCESS_TOKEN_EXPIRE = "30 minutes from now on"',
        'api_key = os.environ["A_LONG_NAME_OF_A_KEY_1"]',
        'SECRET_NAME = "q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6Gh1"',
        'token_url = "q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6Gh1"',
        'password = "password_hasher.verify_1"',
        '{"email": "a@b.example", "password": "SecurePassword123!"}',
        'f({"apiKey": "AIza' + BODY[:35] + '", "messagingSenderId": "1"})',
        'api_key="{{ q7Zt3Vb9Xk2Lm5Rn8Ws4Yd6Gh1 }}"',
    ],
)
def test_names_and_words_are_no_secrets(plan: Planner, line: str) -> None:
    assert "secret" not in plan({**MINIMAL, "backend/other.py": f"{line}\n"}).notices


def test_a_line_with_two_shapes_is_one_problem(refused: Refusal) -> None:
    url = "postgresql://owner:npg_" + BODY[:12] + "@ep-cool-1.aws.neon.tech/db"
    problems = refused({**MINIMAL, "backend/db.py": f'URL = "{url}"\nOTHER = "{url}"\n'})
    assert [str(problem.where) for problem in problems] == ["backend/db.py:1", "backend/db.py:2"]


def test_a_test_s_made_up_password_ships_and_a_random_one_does_not(refused: Refusal) -> None:
    address = "postgresql://ann:{}@db.acme.io/x"
    tests = [address.format("hunter2-hunter"), address.format(BODY[:20])]
    lines = "\n".join([*tests, f'API_TOKEN = "{BODY}"'])
    docker = 'FROM python:3.12\nCOPY tests main.py ./\nCMD ["uvicorn", "main:app"]\n'
    files = {**MINIMAL, "backend/Dockerfile": docker, "backend/tests/test_db.py": lines}
    assert [str(p.where) for p in refused(files)] == ["backend/tests/test_db.py:2"]


def test_a_credential_in_a_file_that_stays_behind_is_none_of_our_business(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/.env": TOKENS[0]})
    assert "backend/.env: `backend/.env` is left out" in found.notices
    assert TOKENS[0] not in found.notices


def test_a_pointer_of_git_lfs_is_refused(refused: Refusal) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n"
    (problem,) = refused({**MINIMAL, "backend/index.faiss": pointer})
    assert "lfs: true" in problem.hint


@pytest.mark.parametrize("target", ["../secret.txt", "/etc/passwd"])
def test_a_link_that_leaves_the_backend_is_refused(
    refused: Refusal, tmp_path: Path, target: str
) -> None:
    write(tmp_path, {"secret.txt": "x", **MINIMAL})
    (tmp_path / "backend/link").symlink_to(target)
    (problem,) = refused({})
    assert "leaves the folder `backend`" in problem.message
    assert str(problem.where) == "backend/link"


def test_links_inside_the_backend_ship_as_what_they_point_to(plan: Planner, tmp_path: Path) -> None:
    write(tmp_path, {"backend/data/x.csv": "1,2"})
    (tmp_path / "backend/copy.csv").symlink_to("data/x.csv")
    (tmp_path / "backend/more").symlink_to("data")
    found = plan(MINIMAL)
    assert found.text("copy.csv") == "1,2"
    assert found.text("more/x.csv") == "1,2"


def test_a_left_out_link_is_no_problem(plan: Planner, tmp_path: Path) -> None:
    (tmp_path / "backend/venv/bin").mkdir(parents=True)
    (tmp_path / "backend/venv/bin/python").symlink_to("/usr/bin/python3")
    plan(MINIMAL)


def test_a_link_to_nothing_is_said_and_stays_behind(plan: Planner, tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    (tmp_path / "backend/old.csv").symlink_to("gone.csv")
    found = plan({})
    assert "backend/old.csv: The link `backend/old.csv` points to nothing" in found.notices
    assert "old.csv" not in found.paths


@pytest.mark.parametrize("name", ["new\nline.txt", "back\\slash.txt", "bell\a.txt"])
def test_a_name_that_no_space_can_hold_is_refused(refused: Refusal, name: str) -> None:
    (problem,) = refused({**MINIMAL, f"backend/{name}": "x"})
    assert repr(name) in problem.message


def test_a_folder_that_the_hub_refuses_is_told_of(refused: Refusal) -> None:
    (problem,) = refused({**MINIMAL, "backend/.cache/x.bin": "x"}, ignore=("!.cache/",))
    assert "`.cache/x.bin` lies in a folder that no Space can hold" in problem.message


def test_data_among_the_tests_ships_when_the_app_names_it(plan: Planner) -> None:
    files = {
        "backend/main.py": f"from pathlib import Path\nHERE = Path(__file__).parent\n"
        f"WORDS = (HERE / 'tests' / 'data' / 'words.txt').read_text()\n{APP}",
        "backend/tests/data/words.txt": "a",
        "backend/tests/test_words.py": "",
    }
    found = plan({**MINIMAL, **files})
    assert "tests/data/words.txt" in found.paths
    assert "tests/test_words.py" not in found.paths


def test_a_large_file_is_said(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/model.bin": b"\0" * (11 * 1024 * 1024)})
    assert "backend/model.bin: `model.bin` has 11.0 MB" in found.notices


def test_files_for_other_systems_are_said(plan: Planner) -> None:
    found = plan({**MINIMAL, "backend/bin/tool.exe": b"MZ", "backend/lib.dll": b"MZ"})
    assert "`bin/tool.exe`, `lib.dll`" in found.notices


def test_a_great_number_of_files_is_said_with_the_folder_that_holds_them(plan: Planner) -> None:
    many = {f"backend/docs/{number}.md": "x" for number in range(2001)}
    assert "2,001 of them in `docs`" in plan({**MINIMAL, **many}).notices


# --- databases and vector stores ------------------------------------------------------------------

CHROMA = {
    "backend/store/chroma.sqlite3": b"SQLite",
    "backend/store/5f0c-11/data_level0.bin": b"\0",
}
FAISS = {"backend/index/docs.faiss": b"\0", "backend/index/docs.pkl": b"\0"}
QDRANT = {
    "backend/vectors/meta.json": "{}",
    "backend/vectors/collection/books/storage.sqlite": b"SQLite",
}
LANCE = {"backend/lance/books.lance/data/1.bin": b"\0", "backend/lance/x.lance/_versions/1": b""}


@pytest.mark.parametrize("store", [CHROMA, FAISS, QDRANT, LANCE])
def test_a_vector_store_that_nothing_opens_stays_behind_as_a_whole(
    plan: Planner, store: dict[str, bytes]
) -> None:
    found = plan({**MINIMAL, **store})
    assert set(store) <= set(found.left_out)
    assert "store no code opens" in found.notices


@pytest.mark.parametrize(
    ("store", "code"),
    [
        (CHROMA, "import chromadb\nclient = chromadb.PersistentClient(path=where)"),
        (CHROMA, "FOLDER = './store'"),
        (FAISS, "def load():\n    import faiss"),
        (FAISS, "INDEX = 'index/docs.faiss'"),
        (QDRANT, "from qdrant_client import QdrantClient"),
        (LANCE, "import lancedb"),
    ],
)
def test_a_vector_store_that_the_code_opens_ships_as_a_whole(
    plan: Planner, store: dict[str, bytes], code: str
) -> None:
    found = plan({**MINIMAL, **store, "backend/main.py": f"{code}\n{APP}"})
    assert {path.removeprefix("backend/") for path in store} <= found.paths


def test_what_a_database_keeps_beside_itself_goes_with_it(plan: Planner) -> None:
    files = {f"backend/{name}.db{end}": b"x" for name in ("a", "b") for end in ("", "-wal")}
    found = plan({**MINIMAL, **files, "backend/main.py": f"URL = 'sqlite:///a.db?x=1'\n{APP}"})
    assert {"a.db", "a.db-wal"} <= found.paths
    assert {"backend/b.db", "backend/b.db-wal"} <= set(found.left_out)


def test_the_input_brings_a_store_back(plan: Planner) -> None:
    found = plan({**MINIMAL, **FAISS}, ignore=("!index/*",))
    assert {"index/docs.faiss", "index/docs.pkl"} <= found.paths


def test_every_problem_is_told_at_once(refused: Refusal) -> None:
    files = {
        "backend/main.py": f"import broken\n{APP}",
        "backend/broken.py": "def (:\n",
        "backend/notes.txt": TOKENS[0],
    }
    places = {str(problem.where) for problem in refused(files)}
    assert places == {
        "backend/broken.py:1",
        "backend/notes.txt:1",
        "backend/requirements.txt",
    }


# --- the folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["../other", "/etc", "nowhere", "backend/main.py"])
def test_a_wrong_backend_folder_is_refused(refused: Refusal, folder: str) -> None:
    (problem,) = refused(MINIMAL, folder=folder, folder_given=True)
    assert problem.exit is Exit.CONFIGURATION
    assert str(problem.where) == "input `backend`"


@pytest.mark.parametrize("folder", ["./services/api/", "services/api"])
def test_any_spelling_of_a_folder_is_read(plan: Planner, folder: str) -> None:
    files = {"services/api/main.py": APP, "services/api/requirements.txt": "fastapi\nuvicorn\n"}
    found = plan(files, folder=folder, folder_given=True)
    assert found.backend.folder == "services/api"
    assert "main.py" in found.paths


def test_the_workspace_itself_may_be_the_backend(plan: Planner) -> None:
    found = plan(
        {"main.py": APP, "requirements.txt": "fastapi\nuvicorn\n"}, folder=".", folder_given=True
    )
    assert {"main.py", "requirements.txt", "Dockerfile", "README.md"} == found.paths


def test_a_backend_elsewhere_is_found(plan: Planner) -> None:
    files = {
        "server/app/main.py": f"from app.x import y\n{APP}",
        "server/app/x.py": "y = 1\n",
        "server/requirements.txt": "fastapi\nuvicorn\n",
        "frontend/package.json": "{}",
        ".tools/templates/main.py": APP,
    }
    assert plan(files).backend.folder == "server"


def test_a_backend_in_another_language_does_not_hide_the_one_in_python(plan: Planner) -> None:
    files = {
        "backend/index.js": "",
        "service/main.py": APP,
        "service/requirements.txt": "fastapi\nuvicorn\n",
    }
    assert plan(files).backend.folder == "service"


def test_several_backends_are_listed(refused: Refusal) -> None:
    files = {
        f"{name}/{file}": text
        for name in ("a", "b")
        for file, text in (("main.py", APP), ("requirements.txt", "x"))
    }
    (problem,) = refused(files)
    assert problem.exit is Exit.CONFIGURATION
    assert "`a`, `b`" in problem.message


def test_the_likeliest_of_several_backends_is_the_example(refused: Refusal) -> None:
    names = ("part/rag", "part", "part/backend")
    (problem,) = refused(
        {f"{name}/{file}": APP for name in names for file in ("main.py", "requirements.txt")}
    )
    assert "`backend: part/backend`" in problem.hint


def test_packages_get_the_init_files_they_lack(plan: Planner) -> None:
    found = plan(
        {
            "backend/requirements.txt": "fastapi\nuvicorn\nalembic\n",
            "backend/app/main.py": (
                f"from app.core.config import x\nfrom alembic.config import Config\n{APP}"
            ),
            "backend/app/core/config.py": "x = 1\n",
            "backend/app/models/schemas.py": "",
            "backend/alembic/env.py": "",
            "backend/scripts/x.py": "",
        }
    )
    made = {path for path in found.paths if path.endswith("__init__.py")}
    assert made == {"app/__init__.py", "app/core/__init__.py", "app/models/__init__.py"}


def test_a_key_in_a_file_of_windows_shell_is_seen_with_its_line(refused: Refusal) -> None:
    text = f"notes\r\nkey: {TOKENS[1]}\r\n".encode("utf-16")
    (problem,) = refused({**MINIMAL, "backend/notes.txt": text})
    assert str(problem.where) == "backend/notes.txt:2"
