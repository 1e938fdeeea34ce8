"""What a firm tells of itself, by its own program."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.models import FirmProfile
from gewerk.journal.models import Entry

pytestmark = pytest.mark.django_db

Made = Callable[..., Any]


def test_the_profile_is_read_and_changed(api_for: Made, factories: ModuleType) -> None:
    firm = factories.firm(trades=("painting",))
    program = api_for(firm)
    read = program.get("/firm/profile")
    assert read.json()["trades"] == ["painting"]
    version = {"If-Match": read.headers["ETag"]}
    change = {"about": "Maler seit 1987", "trades": ["painting", "plumbing"], "capacity": 4}
    changed = program.patch("/firm/profile", change, **version)
    assert changed.status_code == 200, changed.content
    assert changed.json() == {**read.json(), **change, "version": read.json()["version"] + 1}
    assert program.patch("/firm/profile", {"about": "Neu"}, **version).status_code == 412
    for wrong in (
        {"iban": "DE02120300000000202051"},
        {"trades": ["magic"]},
        {"website": "keine"},
        {"area_kind": "radius"},
        {"languages": ["deutsch"]},
    ):
        assert program.patch("/firm/profile", wrong).status_code == 422, wrong
    assert program.get("/firm/profile").json() == changed.json()
    entry = Entry.objects.get(event="firm.profile_changed", actor_id=program.key.pk)
    assert entry.data == {"fields": ["about", "capacity", "trades"]}


def test_the_bank_account_is_told_to_no_program(api_for: Made, factories: ModuleType) -> None:
    firm = factories.firm()
    program = api_for(firm)
    program.patch("/firm/profile", {"about": "x"})
    assert FirmProfile.objects.filter(firm=firm).update(iban="DE02120300000000202051") == 1
    assert "DE02" not in program.get("/firm/profile").content.decode()


def test_evidence_and_gates_are_the_firms_own(api_for: Made, factories: ModuleType) -> None:
    firm, other = factories.firm(trades=("painting",)), factories.firm(trades=("painting",))
    own = factories.evidence(firm, trades=("painting",), with_file=False)
    factories.evidence(other, trades=("painting",), with_file=False)
    program = api_for(firm)
    assert [one["id"] for one in program.get("/firm/evidence").json()["items"]] == [str(own.pk)]
    gates = program.get("/firm/gates").json()["items"]
    assert gates
    assert any(one["missing"] for one in gates)
    assert program.get("/firm/gates?on=0").status_code == 422
    assert program.get("/firm/gates?on=2026-12-01").status_code == 200
    assert program.get("/firm/gates?open=true").json()["items"] != gates
