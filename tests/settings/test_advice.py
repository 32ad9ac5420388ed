"""What is allowed in the settings, but probably not meant, is said."""

import os
from pathlib import Path

import pytest

from core.phones.settings.advice import advice
from core.phones.settings.load import load
from core.settings.paths import Places

TOKEN = "marker-token-31b7"


def advised(home: Path, text: str = "", **environ: str) -> str:
    (home / ".env").write_text(text)
    (home / ".env").chmod(0o644)
    loaded = load(Places(home), {"DATAMASTER_HOME": str(home), **environ})
    return "\n".join(advice(loaded))


def test_good_settings_need_no_advice(tmp_path: Path) -> None:
    assert advised(tmp_path, "WORKERS=3\nPGPASSWORD=x\nPATH_TO_SOMETHING=1\n") == ""


def test_a_mistyped_name(tmp_path: Path) -> None:
    assert "Did you mean WORKERS?" in advised(tmp_path, "WORKER=3\n")
    assert "RATE_LIMIT_DELAY" in advised(tmp_path, "rate_limit_delay=3\n")


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_token_that_others_can_read(tmp_path: Path) -> None:
    said = advised(tmp_path, f"DATAMASTER_API_TOKEN={TOKEN}\n")
    assert "chmod 600" in said
    assert TOKEN not in said
    assert advised(tmp_path, DATAMASTER_API_TOKEN=TOKEN) == ""


def test_half_a_telegram(tmp_path: Path) -> None:
    assert "TELEGRAM_CHAT_ID" in advised(tmp_path, TELEGRAM_ENABLED="true")
    assert "TELEGRAM" not in advised(
        tmp_path,
        TELEGRAM_ENABLED="true",
        TELEGRAM_BOT_TOKEN="123456:AbC",
        TELEGRAM_CHAT_ID="5",
    )


def test_a_database_in_a_synchronised_folder(tmp_path: Path) -> None:
    said = advised(tmp_path, DATABASE_PATH=str(tmp_path / "Dropbox" / "x.db"))
    assert "x.db" in said
