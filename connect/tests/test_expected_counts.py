"""The three exports of one stock, judged as their makers counted (exports/README.md, expected.json)."""

import json

import pytest
from exports_here import AS_OF, EXPORTS, SAMPLES, counted, sample, sent
from gewerk_connect.canonical import Entity, Verdict
from gewerk_connect.settings import Settings
from gewerk_connect.stock import judge

EXPECTED = json.loads((EXPORTS / "expected.json").read_text(encoding="utf-8"))
CLIENTS = {"all_clients": (), "client_1": ("1",), "clients_2_7": ("2", "7")}


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("chosen", CLIENTS)
def test_first_run(kind: str, chosen: str) -> None:
    stock = judge(sample(kind), Settings(separator="-", clients=CLIENTS[chosen], lead_days=60), AS_OF)
    counts = counted(stock)
    skipped = stock.skipped
    assert {
        "let_units": stock.let_units,
        "vacant_units": stock.vacant_units,
        "properties": counts["property"],
        "units": counts["unit"],
        "tenants": counts["tenant"],
        "landlords": counts["landlord"],
        "skipped": {
            "tenant_without_email": skipped["tenant_without_email"],
            "unit_without_building": skipped["unit_without_building"],
            "broken_reference_or_date": skipped["broken_reference"] + skipped["invalid_date"],
        },
    } == EXPECTED[chosen]


@pytest.mark.parametrize("kind", SAMPLES)
def test_held_records_are_named_with_file_row_and_reason(kind: str) -> None:
    stock = judge(sample(kind), Settings(separator="-"), AS_OF)
    told = {finding.external_id: finding for finding in stock.findings}
    held = [record for entity in Entity for record in stock.stream(entity) if record.verdict is Verdict.HELD]
    assert len(held) == 4
    for record in held:
        finding = told[record.external_id]
        assert str(finding.code) == record.reason
        assert finding.origin is not None
        assert finding.origin.file
        assert finding.origin.row
        assert finding.column


def test_the_three_exports_tell_the_same_stock() -> None:
    """Apart from the numbers' zeros and the levels, the people and their contracts are the same ones."""

    def people(kind: str) -> list[tuple[object, ...]]:
        stock = judge(sample(kind), Settings(separator="-"), AS_OF)
        fields = ("email", "contract_start", "contract_end", "role", "share", "company_name", "kind")
        return sorted(
            (
                *(str(payload[field]) for field in fields),
                payload["party_number"].lstrip("0"),
                len(payload["unit_external_ids"]),
            )
            for entity in (Entity.TENANT, Entity.LANDLORD)
            for payload in sent(stock, entity).values()
        )

    assert people("wodis-sigma") == people("uts-karthago")
    assert people("wodis-sigma") == people("sap-blue-eagle")


@pytest.mark.parametrize(
    ("kind", "entity", "external_id", "key"),
    [
        ("wodis-sigma", Entity.PROPERTY, "1-9-66", ("1", "9", "66")),
        ("wodis-sigma", Entity.UNIT, "1-9-66-2", ("1", "9", "66", "2")),
        ("uts-karthago", Entity.PROPERTY, "1-00066", ("1", "00066")),
        (
            "sap-blue-eagle",
            Entity.UNIT,
            "0001-00000009-00000066-00000002",
            ("0001", "00000009", "00000066", "00000002"),
        ),
    ],
)
def test_ids(kind: str, entity: Entity, external_id: str, key: tuple[str, ...]) -> None:
    stock = judge(sample(kind), Settings(separator="-"), AS_OF)
    found = next(record for record in stock.stream(entity) if record.external_id == external_id)
    assert found.key == key


def test_a_slash_in_a_unit_number_is_kept_and_makes_the_slash_unsafe() -> None:
    stock = judge(sample("wodis-sigma"), Settings(separator="/"), AS_OF)
    assert any("104/" in record.external_id.rsplit("/", 2)[0] + "/" for record in stock.stream(Entity.UNIT))
    warning = next(finding for finding in stock.findings if finding.code == "separator_in_key")
    assert warning.detail is not None
    assert warning.detail.endswith("- _ . |")
    without_7 = judge(sample("wodis-sigma"), Settings(separator="/", clients=("1", "2")), AS_OF)
    assert "separator_in_key" not in without_7.finding_counts
