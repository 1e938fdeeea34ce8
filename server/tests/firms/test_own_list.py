"""A manager's own list: inviting, standing, and that one login of a firm serves many managers."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.access import FirmNotFound, listed_firm_for, listed_firms
from gewerk.firms.models import FirmTrade, ListedFirm, Standing
from gewerk.firms.operations.list_firm import ListingIsInvalid, Stale, change_listing
from gewerk.firms.operations.write_profile import ProfileIsInvalid, write_profile
from gewerk.identity.models import Invitation, Organisation, OrganisationKind, Role
from gewerk.identity.operations.invitations import EmailIsInvalid, accept_invitation
from gewerk.journal.models import Entry
from gewerk.journeys.change_company import change_company
from gewerk.journeys.invite_firm import invite_firm
from gewerk.kit.refusals import Refusal, RefusalKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(factories: ModuleType) -> Any:
    return factories.acting(factories.person(factories.organisation(), role=Role.HOUSING_OFFICER))


def invite(factories: ModuleType, actor: Any, **changes: Any) -> ListedFirm:
    given = {"name": "Elektro Brandt", "email": "Info@Brandt.example", "country": "DE", "trades": ["electrics"]}
    return invite_firm(actor=actor, now=factories.NOW, **{**given, **changes})


def test_a_new_firm_is_made_listed_and_invited(factories: ModuleType, manager: Any) -> None:
    listed = invite(factories, manager, supplier_number="70123")
    assert (listed.firm.kind, listed.firm.name) == (OrganisationKind.FIRM, "Elektro Brandt")
    assert (listed.standing, listed.supplier_number) == (Standing.APPROVED, "70123")
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.email, invitation.role) == (
        listed.firm,
        "info@brandt.example",
        Role.FIRM,
    )
    owner = accept_invitation(
        invitation=invitation, first_name="Kerstin", last_name="Brandt", password="Fliederweg-7!", now=factories.NOW
    )
    assert owner.memberships.get().organisation == listed.firm


def test_one_login_serves_many_managers(factories: ModuleType, manager: Any) -> None:
    """Before and after the invitation is accepted, a second manager gets the same firm, not another."""
    first = invite(factories, manager)
    second = invite(factories, factories.acting(factories.person(factories.organisation())), name="Brandt GmbH")
    accept_invitation(
        invitation=Invitation.objects.get(), first_name="K", last_name="B", password="Fliederweg-7!", now=factories.NOW
    )
    third = invite(factories, factories.acting(factories.person(factories.organisation())))
    assert first.firm == second.firm == third.firm
    assert Organisation.objects.filter(kind=OrganisationKind.FIRM).count() == 1
    assert len({one.organisation_id for one in (first, second, third)}) == 3
    assert Invitation.objects.count() == 1


def test_inviting_twice_changes_nothing(factories: ModuleType, manager: Any) -> None:
    assert invite(factories, manager) == invite(factories, manager)
    assert Entry.objects.filter(event="firm.listed").count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"email": "nobody"}, EmailIsInvalid), ({"trades": ["sorcery"]}, ProfileIsInvalid)],
)
def test_a_refused_invitation_leaves_nothing_behind(
    factories: ModuleType, manager: Any, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        invite(factories, manager, **changes)
    assert not Organisation.objects.filter(kind=OrganisationKind.FIRM).exists()
    assert not ListedFirm.objects.exists()


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.CARETAKER, Role.TENANT, Role.FIRM])
def test_who_edits_no_orders_invites_nobody(factories: ModuleType, role: str) -> None:
    with pytest.raises(Refusal) as refused:
        invite(factories, factories.acting(factories.person(factories.organisation(), role=role)))
    assert refused.value.kind is RefusalKind.FORBIDDEN


def test_blocking_needs_a_reason_and_is_undone(factories: ModuleType, manager: Any) -> None:
    firm_id = invite(factories, manager).firm_id
    with pytest.raises(ListingIsInvalid) as refused:
        change_listing(actor=manager, firm_id=firm_id, standing="blocked", blocked_reason="  ", now=factories.NOW)
    assert [p.pointer for p in refused.value.problems] == ["/blocked_reason"]
    blocked = change_listing(
        actor=manager, firm_id=firm_id, standing="blocked", blocked_reason="Rechnungen geschönt", now=factories.NOW
    )
    assert blocked.version == 2
    again = change_listing(actor=manager, firm_id=firm_id, standing="preferred", version=2, now=factories.NOW)
    assert (again.standing, again.blocked_reason) == ("preferred", "")
    with pytest.raises(Stale):
        change_listing(actor=manager, firm_id=firm_id, standing="approved", version=2, now=factories.NOW)
    told = list(Entry.objects.filter(event="firm.listing_changed").values_list("data", flat=True))
    assert [(t["from"], t["to"]) for t in told] == [("approved", "blocked"), ("blocked", "preferred")]
    assert "Rechnungen" not in str(told)


def test_another_managers_list_is_not_found(factories: ModuleType, manager: Any) -> None:
    firm_id = invite(factories, manager).firm_id
    stranger = factories.acting(factories.person(factories.organisation()))
    assert not listed_firms(stranger).exists()
    with pytest.raises(FirmNotFound):
        listed_firm_for(stranger, firm_id)
    with pytest.raises(FirmNotFound):
        change_listing(actor=stranger, firm_id=firm_id, standing="preferred", now=factories.NOW)


def test_a_firm_writes_its_profile_and_every_list_finds_it(factories: ModuleType) -> None:
    managers = [factories.organisation(), factories.organisation()]
    firm = factories.firm(*managers, trades=("painting",))
    owner = factories.acting(factories.person(firm, role=Role.FIRM))
    kept = FirmTrade.objects.get().pk
    write_profile(
        actor=owner,
        fields={"contact_name": "Kerstin Brandt", "area_kind": "postcodes", "area_postcodes": ["44", "45127"]},
        trades=["painting", "electrics"],
        now=factories.NOW,
    )
    assert FirmTrade.objects.get(trade="painting").pk == kept, "evidence will hang on it"
    change_company(actor=owner, fields={"name": "Müller & Söhne", "city": "Hörde"}, now=factories.NOW)
    for listed in ListedFirm.objects.all():
        assert "elektroarbeiten" in listed.search
        assert "mueller" in listed.search
        assert "muller" in listed.search
        assert "hoerde" in listed.search


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"website": "javascript:alert(1)"}, "/website"),
        ({"area_kind": "postcodes", "area_postcodes": []}, "/area_postcodes"),
        ({"area_kind": "radius"}, "/area_radius_km"),
        ({"area_kind": "moon"}, "/area_kind"),
        ({"languages": ["German"]}, "/languages"),
        ({"about": "x" * 4001}, "/about"),
    ],
)
def test_a_wrong_profile_names_the_field(factories: ModuleType, fields: dict[str, Any], wrong: str) -> None:
    owner = factories.acting(factories.person(factories.firm(), role=Role.FIRM))
    with pytest.raises(ProfileIsInvalid) as refused:
        write_profile(actor=owner, fields=fields, now=factories.NOW)
    assert [p.pointer for p in refused.value.problems] == [wrong]


def test_a_fitter_does_not_write_the_profile(factories: ModuleType) -> None:
    fitter = factories.acting(factories.person(factories.firm(), role=Role.FITTER))
    with pytest.raises(Refusal) as refused:
        write_profile(actor=fitter, fields={"about": "x"}, now=factories.NOW)
    assert refused.value.kind is RefusalKind.FORBIDDEN
