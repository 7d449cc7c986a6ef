"""The fleet's secrets, as one JSON object: nothing of it is ever quoted."""

from __future__ import annotations

import pytest

from deployer.errors import Refused
from deployer.fleet.values import VARIABLE, found_in, values_of


def test_values_come_by_name_and_empty_ones_count_as_missing() -> None:
    text = '{"A": "one\\ntwo \\"x\\"", "B": "", "C": null}'
    assert values_of({VARIABLE: text}) == {"A": 'one\ntwo "x"'}
    assert values_of({}) == {}


@pytest.mark.parametrize("text", ['{"A": hunter2}', '["hunter2"]', '{"A": 41235}', "A=hunter2"])
def test_anything_else_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(Refused) as refused:
        values_of({VARIABLE: text})
    assert "toJSON" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "41235" not in str(refused.value)


def test_where_they_are_given_names_stand_for_nothing_else() -> None:
    environ = {VARIABLE: '{"A": "a"}', "B": "b", "HF_TOKEN": "t"}
    assert found_in(environ) == {"A": "a"}


@pytest.mark.parametrize(
    "name",
    ["INPUT_HF-TOKEN", "INPUT_HF_TOKEN", "HF_TOKEN", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN"],
)
def test_the_file_can_send_none_of_the_runner_s_own(name: str) -> None:
    assert found_in({name: "t", "API_KEY": "k"}) == {"API_KEY": "k"}
