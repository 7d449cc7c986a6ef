from __future__ import annotations

import re

from deployer.credentials import fingerprint
from deployer.credentials.plan import kind_conflicts, plan_configuration
from deployer.model import Configuration, ConfigurationChange, Entry, Secret, StoredSetting

TOKEN = Secret("hf_token")
KEY = Entry(name="KEY", value=Secret("one"), public=False, line=2)
LEVEL = Entry(name="LEVEL", value=Secret("INFO"), public=True)


def stored(*settings: StoredSetting, public: bool = False) -> Configuration:
    by_name = {setting.name: setting for setting in settings}
    return Configuration(variables=by_name) if public else Configuration(secrets=by_name)


def plan(
    *entries: Entry, on: Configuration | None = None, token: Secret = TOKEN, prune: bool = False
) -> ConfigurationChange:
    return plan_configuration(entries, on or Configuration(), token=token, prune=prune)


def after(*entries: Entry) -> Configuration:
    """The Space after a deploy of ``entries``."""
    change = plan(*entries)
    return Configuration(
        secrets={
            w.name: StoredSetting(name=w.name, description=w.description) for w in change.secrets
        },
        variables={
            w.name: StoredSetting(name=w.name, value=w.value.reveal(), description=w.description)
            for w in change.variables
        },
    )


def test_a_new_space_gets_everything() -> None:
    change = plan(KEY, LEVEL)
    assert [write.name for write in change.secrets] == ["KEY"]
    assert [write.name for write in change.variables] == ["LEVEL"]
    assert not change.empty


def test_a_second_run_sends_nothing() -> None:
    change = plan(KEY, LEVEL, on=after(KEY, LEVEL))
    assert change.empty


def test_a_changed_secret_is_sent_alone() -> None:
    new = Entry(name="KEY", value=Secret("two"), public=False)
    other = Entry(name="OTHER", value=Secret("same"), public=False)
    change = plan(new, other, on=after(KEY, other))
    assert [(write.name, write.value.reveal()) for write in change.secrets] == [("KEY", "two")]


def test_a_new_token_sends_every_secret_and_no_variable() -> None:
    change = plan(KEY, LEVEL, on=after(KEY, LEVEL), token=Secret("hf_other"))
    assert [write.name for write in change.secrets] == ["KEY"]
    assert not change.variables


def test_a_secret_set_by_hand_is_replaced_by_the_workflows() -> None:
    change = plan(KEY, on=stored(StoredSetting(name="KEY", description="mine")))
    assert [write.name for write in change.secrets] == ["KEY"]


def test_a_variable_set_by_hand_with_the_same_value_is_not_sent() -> None:
    assert plan(LEVEL, on=stored(StoredSetting(name="LEVEL", value="INFO"), public=True)).empty


def test_a_variable_with_another_value_is_sent() -> None:
    change = plan(LEVEL, on=stored(StoredSetting(name="LEVEL", value="DEBUG"), public=True))
    assert [write.name for write in change.variables] == ["LEVEL"]


def test_what_we_set_and_is_no_longer_named_goes_only_with_prune() -> None:
    on = after(KEY, LEVEL)
    assert plan(on=on).stale == ("KEY", "LEVEL")
    assert plan(on=on).prune_secrets == plan(on=on).prune_variables == ()
    change = plan(on=on, prune=True)
    assert (change.prune_secrets, change.prune_variables) == (("KEY",), ("LEVEL",))
    assert change.empty


def test_what_others_set_is_named_and_never_pruned() -> None:
    on = stored(
        StoredSetting(name="MINE"), StoredSetting(name="EDITED", description="not set by us")
    )
    change = plan(on=on, prune=True)
    assert change.foreign == ("EDITED", "MINE")
    assert change.prune_secrets == change.stale == ()


def test_a_name_given_without_a_value_is_neither_foreign_nor_pruned() -> None:
    change = plan_configuration((), after(KEY), token=TOKEN, prune=True, named=frozenset({"KEY"}))
    assert change.prune_secrets == change.foreign == change.stale == ()


def test_a_name_of_the_other_kind_is_a_problem() -> None:
    (problem,) = kind_conflicts([KEY], stored(StoredSetting(name="KEY", value="1"), public=True))
    assert "already a variable of the Space" in problem.message
    assert str(problem.where) == "input `secrets`, line 2"
    (problem,) = kind_conflicts([LEVEL], stored(StoredSetting(name="LEVEL")))
    assert "already a secret of the Space" in problem.message
    assert kind_conflicts([KEY, LEVEL], after(KEY, LEVEL)) == ()


def test_the_description_has_the_documented_form() -> None:
    (write,) = plan(KEY).secrets
    assert re.fullmatch(r"set by hf-space-deploy, fingerprint [0-9a-f]{16}", write.description)
    assert fingerprint.is_ours(write.description)
    assert fingerprint.read(write.description) == fingerprint.make("KEY", KEY.value, TOKEN)
    assert plan(LEVEL).variables[0].description == "set by hf-space-deploy"


def test_a_fingerprint_is_the_documented_hmac() -> None:
    # printf 'KEY\0one' | openssl dgst -sha256 -hmac hf_token
    assert fingerprint.make("KEY", Secret("one"), TOKEN) == "ee17304d46b7e335"


def test_name_and_value_cannot_trade_letters() -> None:
    assert fingerprint.make("A", Secret("BC"), TOKEN) != fingerprint.make("AB", Secret("C"), TOKEN)


def test_a_description_that_only_mentions_us_is_not_ours() -> None:
    for text in ("", "set by hf-space-deploy, edited", "was set by hf-space-deploy", "x"):
        assert not fingerprint.is_ours(text)
        assert fingerprint.read(text) == ""
