"""The marker of the bundle: put into a made Dockerfile, told by the app, believed with care."""

from __future__ import annotations

import pytest

from deployer.image.made import Image, make_dockerfile
from deployer.model import Answer, BundleFile
from deployer.release import marker
from deployer.release.difference import bundle_digest, digest_of, with_manifest

DOCKERFILE = make_dockerfile(
    Image(
        python="3.11",
        app="app.main:app",
        factory=False,
        app_dir="",
        search=(),
        requirements="requirements.txt",
        manifests=("requirements.txt",),
        needs_code=False,
        packages=(),
        health_path="/api/health",
        port=7860,
    )
)
OURS, OTHERS = "a" * 32, "b" * 32


def made(path: str, content: bytes) -> BundleFile:
    return BundleFile(path=path, digest=digest_of(content), content=content)


def dockerfile(*files: BundleFile) -> bytes:
    shipped = with_manifest([made("Dockerfile", DOCKERFILE), *files])
    return next(file.content or b"" for file in shipped if file.path == "Dockerfile")


def test_a_made_dockerfile_says_in_one_line_before_its_command_which_bundle_it_is() -> None:
    digest = bundle_digest(with_manifest([made("Dockerfile", DOCKERFILE), made("a.py", b"1")]))
    before, after = DOCKERFILE.splitlines(), dockerfile(made("a.py", b"1")).splitlines()
    assert after == [
        *before[:-1],
        f"ENV UVICORN_HEADERS=x-hf-space-deploy:{digest[:32]}".encode(),
        before[-1],
    ]
    assert before[-1].startswith(b"CMD ")


def test_the_same_bundle_has_the_same_marker_and_another_one_another() -> None:
    assert dockerfile(made("a.py", b"1")) == dockerfile(made("a.py", b"1"))
    assert dockerfile(made("a.py", b"1")) != dockerfile(made("a.py", b"2"))
    again = with_manifest(with_manifest([made("Dockerfile", DOCKERFILE)]))
    assert again == with_manifest([made("Dockerfile", DOCKERFILE)])


@pytest.mark.parametrize(
    "file",
    [
        made("Dockerfile", b'FROM python\nCMD ["uvicorn", "a:app"]\n'),
        made("docs/Dockerfile", DOCKERFILE),
        BundleFile(path="Dockerfile", digest=digest_of(DOCKERFILE), source="backend/Dockerfile"),
    ],
    ids=["not ours", "not the Space's", "the user's own file"],
)
def test_no_other_dockerfile_is_changed(file: BundleFile) -> None:
    assert file in with_manifest([file])


def says(**headers: str) -> Answer:
    return Answer(status=200, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("answer", "ours", "foreign"),
    [
        (says(x_hf_space_deploy=OURS), True, False),
        (says(X_HF_Space_Deploy=f" {OURS} "), True, False),
        (says(x_hf_space_deploy=OTHERS), False, True),
        (says(), False, False),
        (says(x_hf_space_deploy="v1"), False, False),
        (says(x_hf_space_deploy=""), False, False),
    ],
)
def test_an_answer_is_ours_anothers_or_says_nothing(
    answer: Answer, ours: bool, foreign: bool
) -> None:
    assert (marker.is_ours(answer, OURS), marker.is_foreign(answer, OURS)) == (ours, foreign)
    assert (marker.is_ours(answer, ""), marker.is_foreign(answer, "")) == (False, False)
