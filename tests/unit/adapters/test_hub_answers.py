"""What a Space is, by answers that leave out one thing or another."""

from __future__ import annotations

from typing import Any

import pytest
from huggingface_hub import SpaceInfo

from deployer.adapters.hub_answers import LISTED, runtime_of, space_of
from deployer.model import Runtime, Space, SpaceFile, SpaceId


def space(*, endpoint: str = "https://hub.test", runtime: Any = None, **info: Any) -> Space:
    """A Space by the Hub's answer ``info``."""
    told = SpaceInfo(id="owner/app", **{"private": False, **info})
    return space_of(endpoint, SpaceId(owner="owner", name="app"), told, runtime_of(runtime or {}))


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ("https://owner-app.hf.space", "https://owner-app.hf.space"),
        ("https://owner-app.hf.space/", "https://owner-app.hf.space"),
        ("HTTPS://Owner-App.HF.space", "https://owner-app.hf.space"),
        ("owner-app.hf.space", "https://owner-app.hf.space"),
        ("http://127.0.0.1:7860", "http://127.0.0.1:7860"),
        (None, ""),
    ],
)
def test_the_address_is_the_one_that_a_browser_would_show(told: str | None, host: str) -> None:
    assert space(host=told).host == host


def test_an_address_without_a_scheme_has_the_hubs_own() -> None:
    assert space(host="localhost:7860", endpoint="http://localhost:7890").host == (
        "http://localhost:7860"
    )


def test_without_a_host_a_domain_that_is_ready_is_the_address() -> None:
    domains = [{"domain": "a.test", "stage": "PENDING"}, {"domain": "b.test", "stage": "READY"}]
    assert space(host=None, runtime={"domains": domains}).host == "https://b.test"


@pytest.mark.parametrize(
    ("told", "visibility"),
    [
        ({"private": True}, "private"),
        ({"private": False}, "public"),
        ({"visibility": "protected"}, "protected"),
    ],
)
def test_the_visibility_is_told_by_either_field(told: dict[str, Any], visibility: str) -> None:
    assert space(**told).visibility == visibility


def test_a_runtime_may_leave_out_everything() -> None:
    assert runtime_of({}) == Runtime(stage="UNKNOWN")


def test_a_domain_without_a_stage_keeps_its_name() -> None:
    told = runtime_of({"stage": "running", "domains": [{"domain": "a.test"}, "b.test"]})
    assert (told.stage, told.domains) == ("RUNNING", {"a.test": ""})


def test_files_are_taken_from_an_answer_that_tells_all_of_each() -> None:
    whole = {"rfilename": "a.py", "size": 3, "blobId": "1" * 40}
    assert space(siblings=[whole]).files == (SpaceFile(path="a.py", size=3, blob="1" * 40),)
    assert space(siblings=[whole, {"rfilename": "b.py"}]).files is None


def test_a_list_of_files_that_may_have_been_cut_is_not_taken() -> None:
    files = [{"rfilename": f"{n}", "size": 3, "blobId": "1" * 40} for n in range(LISTED)]
    assert space(siblings=files).files is None
    assert space(siblings=files[1:]).files is not None
