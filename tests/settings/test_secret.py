"""A secret shows itself to nobody who does not ask by name."""

import copy
import dataclasses
import json
import logging
import pickle

import pytest

from core.settings.secret import Secret

TEXT = "marker-token-0001"


@dataclasses.dataclass
class Holder:
    token: Secret


def test_no_way_of_showing_it_shows_it() -> None:
    secret = Secret(TEXT)
    holder = Holder(secret)
    record = logging.LogRecord("x", 20, "f", 1, "token %s %r", (secret, secret), None)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{secret!r}",
        "%s" % secret,  # noqa: UP031
        str(holder),
        str(dataclasses.asdict(holder)),
        record.getMessage(),
        json.dumps({"token": secret}, default=str),
    ]
    assert not [text for text in shown if TEXT in text]
    assert secret.reveal() == TEXT


def test_it_cannot_be_written_anywhere_by_mistake() -> None:
    secret = Secret(TEXT)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        ", ".join(word for word in (secret, secret))  # type: ignore[misc]
    with pytest.raises(TypeError):
        "a" + secret  # type: ignore[operator]
    assert not hasattr(secret, "__dict__")


def test_it_compares_copies_and_hashes_as_a_value() -> None:
    secret = Secret(TEXT)
    assert secret == Secret(TEXT)
    assert secret != TEXT
    assert secret != Secret("")
    assert len({secret, Secret(TEXT)}) == 1
    assert copy.deepcopy(secret) is secret
    assert not Secret("")
    assert str(Secret("")) == ""
