"""Own crews: their members hold the role caretaker, names are unique, archived crews take nothing."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.access import FirmNotFound, crew_ids_of
from gewerk.firms.operations.crews import CrewIsInvalid, archive_crew, save_crew
from gewerk.firms.operations.list_firm import Stale
from gewerk.identity.models import Role

pytestmark = pytest.mark.django_db


def test_a_crew_is_made_changed_and_archived(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    uwe, ina = (factories.person(manager, role=Role.CARETAKER) for _one in range(2))
    given: dict[str, Any] = {"actor": actor, "kind": "crew", "now": factories.NOW}
    crew = save_crew(crew_id=None, name="Regiebetrieb Süd", member_ids=[uwe.pk, uwe.pk], **given)
    assert crew_ids_of(factories.acting(uwe)) == {crew.pk}
    save_crew(crew_id=crew.pk, name="Regiebetrieb", member_ids=[ina.pk], trades=["painting"], version=1, **given)
    assert crew_ids_of(factories.acting(uwe)) == frozenset()
    assert crew_ids_of(factories.acting(ina)) == {crew.pk}
    with pytest.raises(Stale):
        save_crew(crew_id=crew.pk, name="Regie", version=1, **given)
    archive_crew(actor=actor, crew_id=crew.pk, now=factories.NOW)
    assert crew_ids_of(factories.acting(ina)) == frozenset()
    save_crew(crew_id=None, name="Regiebetrieb", **given)


def test_wrong_crews_are_refused(factories: ModuleType) -> None:
    manager = factories.organisation()
    actor = factories.acting(factories.person(manager))
    officer = factories.person(manager, role=Role.HOUSING_OFFICER)
    foreign = factories.person(factories.organisation(), role=Role.CARETAKER)
    factories.crew(manager, name="Hausmeister")
    for changes, wrong in (
        ({"member_ids": [officer.pk]}, "/members"),
        ({"member_ids": [foreign.pk]}, "/members"),
        ({"name": "Hausmeister"}, "/name"),
        ({"name": " "}, "/name"),
        ({"kind": "army"}, "/kind"),
        ({"trades": ["sorcery"]}, "/trades"),
    ):
        given = {"crew_id": None, "kind": "caretaker", "name": "Neu", **changes}
        with pytest.raises(CrewIsInvalid) as refused:
            save_crew(actor=actor, now=factories.NOW, **given)
        assert [p.pointer for p in refused.value.problems] == [wrong]


def test_another_managers_crew_is_not_found(factories: ModuleType) -> None:
    crew = factories.crew(factories.organisation())
    stranger = factories.acting(factories.person(factories.organisation()))
    with pytest.raises(FirmNotFound):
        archive_crew(actor=stranger, crew_id=crew.pk, now=factories.NOW)
    with pytest.raises(FirmNotFound):
        save_crew(actor=stranger, crew_id=crew.pk, kind="crew", name="Meins", now=factories.NOW)
