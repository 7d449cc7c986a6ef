"""The fleet's secrets, as one JSON object: nothing of it is ever quoted."""

from __future__ import annotations

import pytest

from deployer.errors import Refused
from deployer.fleet.values import VARIABLE, values_of


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
