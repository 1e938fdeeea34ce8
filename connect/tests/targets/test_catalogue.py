import orjson
import pytest
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.cli import commands
from gewerk_connect.settings import TargetSettings
from gewerk_connect.targets import kinds, manifest, shape_of
from pydantic import ValidationError


def test_every_target_says_what_is_known_of_it() -> None:
    assert set(kinds()) == {"gewerk", "plentific"}
    for found in kinds().values():
        assert {"base_url", "client_id", "client_secret"} <= {field.name for field in found.fields}
        assert {field.name for field in found.fields} <= set(TargetSettings.model_fields)
        assert [field.name for field in found.fields if field.secret] == ["client_secret"]
        assert found.categories
        assert "master-data" in found.use_cases
        for said in (
            found.summary,
            *found.categories,
            *(f.label for f in found.fields),
            *(f.help for f in found.fields),
        ):
            assert said("de")
            assert said("en")


def test_plentific_says_plainly_what_nobody_tried() -> None:
    found = manifest("plentific")
    assert any("nie" in line or "je gegen Plentific selbst" in line for line in found.untried)
    assert found.mapping is not None
    assert {country.code: country.base_url for country in found.countries} == {
        "DE": "https://api.plentific.com",
        "GB": "https://api.plentific.com",
    }
    assert all(country.sandbox_login_url for country in found.countries)
    assert found.read


def test_gewerk_holds_everything() -> None:
    assert shape_of(TargetSettings(base_url="http://x", client_id="a", client_secret="b")) is None
    assert shape_of(None) is None


def test_a_kind_nobody_knows() -> None:
    with pytest.raises(SettingsError) as caught:
        manifest("salesforce")
    assert "gewerk, plentific" in caught.value.de
    with pytest.raises(ValidationError, match="gewerk"):
        TargetSettings(kind="salesforce", base_url="http://x", client_id="a", client_secret="b")


@pytest.mark.parametrize(("language", "title"), [("de", "Nie am Original versucht:"), ("en", "Never tried against")])
def test_the_command_says_it_too(capsys: pytest.CaptureFixture[str], language: str, title: str) -> None:
    commands.targets(as_json=False, language=language)
    text = capsys.readouterr().out
    assert "plentific: Plentific." in text
    assert title in text
    commands.targets(as_json=True, language=language)
    listed = {one["kind"]: one for one in orjson.loads(capsys.readouterr().out)}
    assert set(listed) == {"gewerk", "plentific"}
    assert listed["plentific"]["untried"]
