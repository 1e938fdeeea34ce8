"""The configuration file: defaults, secrets from three places, and messages that name the wrong entry."""

from pathlib import Path

import pytest
from gewerk_connect.canonical import SettingsError
from gewerk_connect.settings import Settings, load
from pydantic import ValidationError

GOOD = """
[source]
kind = "wodis-sigma"
path = "export"

[target]
base_url = "https://gewerk.example.org"
client_id = "id"
client_secret = "very-secret"

[settings]
separator = "-"
clients = ["1", 2]
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "lindenhof.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_defaults_and_relative_paths(tmp_path: Path) -> None:
    connection = load(written(tmp_path, GOOD))
    assert (connection.id, connection.name) == ("lindenhof", "lindenhof")
    assert connection.source.path == tmp_path / "export"
    assert connection.settings == Settings(separator="-", clients=("1", "2"))
    assert (connection.settings.lead_days, connection.settings.grace_days) == (60, 0)
    assert connection.settings.tenants_without_email == "skip"
    assert connection.settings.vacant_units
    assert (connection.settings.fuse_percent, connection.settings.fuse_minimum) == (5.0, 10)
    assert connection.state_url() == f"sqlite:///{tmp_path / 'lindenhof.state.sqlite3'}"
    assert connection.target is not None
    assert connection.target.credentials() == ("id", "very-secret")
    assert "very-secret" not in repr(connection)


def test_secrets_from_the_environment_and_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GOOD.replace('client_id = "id"', 'client_id_env = "GW_ID"').replace(
        'client_secret = "very-secret"', 'client_secret_file = "secret.txt"'
    )
    target = load(written(tmp_path, text)).target
    assert target is not None
    with pytest.raises(SettingsError, match="GW_ID"):
        target.credentials()
    monkeypatch.setenv("GW_ID", "from-env")
    with pytest.raises(SettingsError, match=r"secret\.txt"):
        target.credentials()
    (tmp_path / "secret.txt").write_text("from-file\n", encoding="utf-8")
    assert target.credentials() == ("from-env", "from-file")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('separator = "-"', "", "settings.separator: fehlt"),
        ('separator = "-"', 'separator = "+"', "settings.separator"),
        ('separator = "-"', 'separator = "-"\nlead_day = 3', "settings.lead_day"),
        ('separator = "-"', 'separator = "-"\nlead_days = -1', "settings.lead_days: ist zu klein"),
        ('separator = "-"', 'separator = "-"\nlead_days = "x"', "settings.lead_days"),
        ('separator = "-"', 'separator = "-"\ntenants_without_email = "maybe"', "tenants_without_email"),
        ('separator = "-"', 'separator = "-"\n[settings.usage_table]\nX = "y"', "usage_table.X"),
        ('kind = "wodis-sigma"', "", "source.kind: fehlt"),
        ("https://gewerk", "gewerk", "target.base_url"),
        ('client_id = "id"', "", "client_id"),
        ('client_id = "id"', 'client_id = "id"\nclient_id_env = "X"', "client_id"),
        ("[source]", "[source", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert told in caught.value.message("de")
    assert "lindenhof.toml" in caught.value.message("en")
    assert "very-secret" not in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.code == "configuration_unreadable"


def test_the_fingerprint_follows_what_decides_and_nothing_else() -> None:
    base = Settings(separator="-", clients=("1", "2"))
    assert base.fingerprint() == Settings(separator="-", clients=("2", "1", "1"), fuse_percent=50).fingerprint()
    for change in ({"separator": "_"}, {"lead_days": 61}, {"usage_table": {"A": "living"}}, {"country": "AT"}):
        assert Settings(**{"separator": "-", "clients": ("1", "2"), **change}).fingerprint() != base.fingerprint()


def test_settings_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValidationError):
        Settings(separator="-").lead_days = 3  # type: ignore[misc]
