"""Every address of the pages, with every role and with people of another organisation. New addresses are covered by themselves.

Generated from the URLconf. A kwarg that ``Sample.kwargs`` does not know fails, so whoever adds one adds a sample.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver
from gewerk.entrypoints.web import urls as web_urls
from gewerk.entrypoints.web.public import ORGANISATIONS_MEET_HERE, PUBLIC
from gewerk.files.models import FileLink, StoredFile
from gewerk.identity.links import invitation_token, login_token
from gewerk.identity.models import (
    FIRM_ROLES,
    MANAGING_ROLES,
    ApiKey,
    ApiSecret,
    Invitation,
    LoginLink,
    Membership,
    Organisation,
    Person,
    Role,
)
from gewerk.kit.secrets import encrypt
from gewerk.marketplace.links import invitation_token as quote_token
from gewerk.marketplace.links import owner_token
from gewerk.marketplace.models import ASPECTS, AnswerCase, Question
from gewerk.marketplace.operations.appeals import appeal
from gewerk.marketplace.operations.owner_approvals import ask_owner
from gewerk.marketplace.operations.rate_work import rate_as_manager
from gewerk.outreach.models import Mail
from gewerk.portfolio.models import (
    Integration,
    IntegrationRun,
    OutsideReference,
    PropertyGroup,
    PropertyType,
    SavedView,
)
from gewerk.projects.items import Line
from gewerk.projects.operations import approvals
from gewerk.projects.operations.award import award_to_crew, award_to_firm
from gewerk.projects.operations.variations import ask_for_variation
from gewerk.scheduling.links import feed_token, visit_token
from gewerk.scheduling.models import CalendarFeed, Completion, Visit
from gewerk.tickets.links import report_token, status_token
from gewerk.tickets.models import ReportLink

pytestmark = pytest.mark.django_db

MARK = "Geheimwort"
"""Stands in every text of the first organisation; must never be read from another."""


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    module: str
    kwargs: tuple[str, ...]


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, path)
        else:
            assert isinstance(entry, URLPattern)
            kwargs = tuple(re.findall(r"<(?:[a-z]+:)?([a-z_]+)>", path))
            view = getattr(entry.callback, "view_class", entry.callback)
            yield Route(entry.name or "", "/" + path, view.__module__, kwargs)


ROUTES = list(_routes(web_urls.urlpatterns))
NAMES_NO_OBJECT = {"step", "variant", "country", "service_code"}
"""What is no row of anybody's: a step, a size of a picture, a service of the catalogue."""
OBJECT_ROUTES = [r for r in ROUTES if set(r.kwargs) - NAMES_NO_OBJECT and r.name not in PUBLIC]


NEEDS_MORE = {
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "assign_responsible",
    "put_in_group",
    "assign_tickets",
    "step_tickets",
    "merge_tickets",
    "assign_orders",
}
"""Not found without a second factor, or without rows chosen in the list."""

FOR_THE_APP = {"field_jobs", "field_begin", "field_file", "field_finish"}
"""Answer JSON to the on-site app: 401 instead of the way to the login."""


def audience(route: Route) -> frozenset[str]:
    """Which roles a page is for. A page not named here is for everybody who is logged in."""
    managing = frozenset(str(r) for r in MANAGING_ROLES)
    for prefix, roles in (
        ("operator_", {Role.OPERATOR}),
        ("firm_home", FIRM_ROLES),
        ("firm_profile", {Role.FIRM, Role.DISPATCHER}),
        ("firm_request", {Role.FIRM, Role.DISPATCHER}),
        ("firm_evidence", {Role.FIRM, Role.DISPATCHER}),
        ("firm_onboarding", {Role.FIRM, Role.DISPATCHER}),
        ("firm_services", {Role.FIRM, Role.DISPATCHER}),
        ("firm_ratings", {Role.FIRM, Role.DISPATCHER}),
        ("firm_appeal", {Role.FIRM, Role.DISPATCHER}),
        ("firm_answer_rating", {Role.FIRM, Role.DISPATCHER}),
        ("firm_open_requests", {Role.FIRM, Role.DISPATCHER}),
        ("firm_", {*FIRM_ROLES, Role.CARETAKER}),
        ("join_quote_request", {Role.FIRM, Role.DISPATCHER}),
        ("override_gate", {Role.ADMIN}),
        ("order_sheet", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER}),
        ("tenant_", {Role.TENANT}),
        ("account_company", {Role.ADMIN, Role.FIRM, Role.PRIVATE_OWNER}),
        ("account_team", {Role.ADMIN, Role.FIRM, Role.OPERATOR}),
        ("withdraw_invitation", {Role.ADMIN, Role.FIRM, Role.OPERATOR}),
        ("account_api_key", {Role.ADMIN, Role.FIRM}),
        ("account_property_types", managing),
        ("remove_property_type", managing),
        ("invite_tenant", managing),
        ("reporting_settings", {Role.ADMIN, Role.PRIVATE_OWNER}),
        ("arrange_visit", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER, Role.TENANT}),
        ("take_slot", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER, Role.TENANT}),
        ("visit_step", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER, Role.TENANT}),
        ("calendar", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER}),
        ("change_calendar_feed", {*MANAGING_ROLES, *FIRM_ROLES, Role.CARETAKER}),
        ("field_", {*FIRM_ROLES, Role.CARETAKER}),
        # Whoever may see what the file hangs on.
        ("file", set(Role.values)),
    ):
        if route.name.startswith(prefix):
            return frozenset(str(r) for r in roles)
    if ".web.owner." in route.module:
        return frozenset({str(Role.PRIVATE_OWNER)})
    if ".web.manager." in route.module:
        return managing
    return frozenset(Role.values)


class Sample:
    """An organisation with one of everything; every text carries ``mark``."""

    def __init__(self, factories: ModuleType, mark: str) -> None:
        now = factories.NOW
        self.organisation: Organisation = factories.organisation(name=f"Verwaltung {mark}")
        org = self.organisation
        self.property = factories.property_(
            org, name=f"Haus {mark}", city=mark, street=f"{mark}straße", search=mark.lower()
        )
        self.unit = factories.unit(self.property, name=f"Wohnung {mark}", search=mark.lower())
        self.tenant = factories.tenant(self.unit, name=f"Mieter {mark}", last_name=mark, search=mark.lower())
        self.group = PropertyGroup.objects.create(
            organisation=org, name=f"Gruppe {mark}", external_id=f"G-{mark}", created_at=now, updated_at=now
        )
        self.property.groups.add(self.group)
        self.property_type = PropertyType.objects.create(organisation=org, name=f"Art {mark}")
        self.reference = OutsideReference.objects.create(
            organisation=org,
            object_type="property",
            object_id=self.property.pk,
            system=mark,
            reference=mark,
            created_at=now,
        )
        self.integration = Integration.objects.create(
            organisation=org,
            external_id=mark,
            kind="wodis-sigma",
            name=f"Abgleich {mark}",
            erp_name=mark,
            created_at=now,
            updated_at=now,
        )
        self.run = IntegrationRun.objects.create(
            integration=self.integration,
            external_id=mark,
            number=1,
            status="succeeded",
            as_of=now.date(),
            started_at=now,
            finished_at=now,
            findings_total=1,
            findings_by_code={"unmapped_usage": 1},
            created_at=now,
            message=mark,
            findings=[{"code": "unmapped_usage", "entity": "unit", "external_id": f"1-{mark}", "detail": mark}],
        )
        self.people: dict[str, Person] = {}
        for role in (*sorted(MANAGING_ROLES), Role.CARETAKER, Role.TENANT):
            self.people[str(role)] = factories.person(org, role=role, last_name=f"{role} {mark}")
        Membership.objects.filter(person=self.people["tenant"]).update(sub_property_id=self.tenant.pk)
        admin = self.people["admin"]
        self.membership = Membership.objects.get(person=self.people["housing_officer"])
        self.invitation = Invitation.objects.create(
            organisation=org,
            email=f"{mark.lower()}@example.org",
            role=Role.HOUSING_OFFICER,
            invited_by=admin,
            created_at=now,
            expires_at=now + timedelta(days=9000),
        )
        self.login_link = LoginLink.objects.create(person=admin, created_at=now, expires_at=now + timedelta(days=9000))
        self.key = ApiKey.objects.create(
            organisation=org,
            name=f"Schlüssel {mark}",
            client_id=f"gwk_{mark}",
            reminder_email=f"{mark.lower()}@example.org",
            created_at=now,
            created_by=admin,
        )
        ApiSecret.objects.create(
            key=self.key, sealed=encrypt(mark), prefix="gws_abcd", last_four="wxyz", created_at=now
        )
        self.view = SavedView.objects.create(
            organisation=org, person=admin, listing="properties", name=f"Ansicht {mark}", query="", created_at=now
        )
        self.session = UserSession.objects.create(
            user=admin, ip="127.0.0.1", session_key=f"key-{mark}", user_agent=mark
        )
        # Of somebody who does not log in here: the page would read the passkey itself.
        holder = factories.person(org, role=Role.FINANCE_OFFICER, last_name=f"Passkey {mark}")
        self.authenticator = Authenticator.objects.create(
            user=holder, type=Authenticator.Type.WEBAUTHN, data={"name": mark}
        )
        self.ticket = factories.ticket(
            self.property, unit=self.unit, title=f"Meldung {mark}", text=mark, reporter=self.tenant, reporter_name=mark
        )
        self.report_link = ReportLink.objects.create(
            organisation=org, property=self.property, note=f"Aushang {mark}", created_at=now
        )
        self.file = StoredFile.objects.create(
            organisation_id=org.pk,
            kind="image",
            media_type="image/jpeg",
            sha256=uuid.uuid4().hex * 2,
            size=1,
            stored_bytes=1,
            created_at=now,
        )
        FileLink.objects.create(
            organisation_id=org.pk,
            file=self.file,
            object_type="ticket",
            object_id=self.ticket.pk,
            purpose="report",
            name=f"Foto {mark}.jpg",
            linked_at=now,
            actor_kind="guest",
        )
        self._orders(factories, mark)
        Mail.objects.create(
            entry_id=abs(hash(mark)) % 10**9,
            organisation=org,
            recipient=f"{mark.lower()}@example.org",
            language="de",
            subject="Einladung",
            body=f"Text {mark}",
            created_at=now,
        )

    def _orders(self, factories: ModuleType, mark: str) -> None:
        """An order that a firm has, with a variation and an approval; a price agreed with the firm; a crew."""
        org, now = self.organisation, factories.NOW
        admin = factories.acting(self.people["admin"])
        self.firm = factories.firm(org, name=f"Betrieb {mark}")
        self.evidence = factories.evidence(self.firm, state="submitted", issuer=f"Versicherer {mark}")
        self.price = factories.framework_price(org, self.firm, text=f"Leistung {mark}")
        self.crew = factories.crew(org, self.people["caretaker"], name=f"Team {mark}")
        self.order = factories.work_order(self.property, title=f"Auftrag {mark}", contact_name=f"Kontakt {mark}")
        award_to_firm(actor=admin, order_id=self.order.pk, firm_id=self.firm.pk, now=now)
        lines = [Line(f"Rohr {mark}", 1000, "m", 500, 1900)]
        self.variation = ask_for_variation(actor=admin, order_id=self.order.pk, reason=mark, lines=lines, now=now)
        self.approval = approvals.ask_for_variation(actor=admin, variation_id=self.variation.pk, now=now)
        on_the_way = {"organisation": org, "order": self.order}
        self.visit = Visit.objects.create(
            **on_the_way, number=1, state="proposed", state_at=now, created_at=now, updated_at=now
        )
        self.completion = Completion.objects.create(
            **on_the_way, sent_for_id=self.firm.pk, text=mark, captured_at=now, received_at=now
        )
        self.feed = CalendarFeed.objects.create(person=self.people["admin"], organisation=org, created_at=now)
        quoted = factories.work_order(self.property, title=f"Anfrage {mark}")
        self.quote_request = factories.quote_request(quoted, self.firm, admin=admin, text=f"Umfang {mark}")
        self.invited = self.quote_request.invitations.get()
        self.question = Question.objects.create(
            request=self.quote_request, invitation=self.invited, text=f"Frage {mark}", asked_at=now
        )
        self.quote = factories.quote(self.invited, conditions=f"Bedingung {mark}")
        factories.opened(self.quote_request)
        self.owner_approval = ask_owner(
            actor=admin,
            request_id=self.quote_request.pk,
            quote_id=self.quote.pk,
            name=f"Eigentümer {mark}",
            email=f"{mark.lower()}@example.org",
            now=now + timedelta(days=8),
        )
        self._ratings(factories, mark)
        own = factories.work_order(self.property, title=f"Eigener {mark}")
        award_to_crew(actor=admin, order_id=own.pk, crew_id=self.crew.pk, now=now)

    def _ratings(self, factories: ModuleType, mark: str) -> None:
        """Finished work that was rated; and the firm, warned, appeals."""
        now, owner = factories.NOW, factories.acting(factories.person(self.firm, role=Role.FIRM, last_name=mark))
        done = factories.work_order(self.property, firm=self.firm, state="accepted", accepted_at=now)
        staff = factories.acting(self.people["admin"])
        self.rating = rate_as_manager(
            actor=staff, order_id=done.pk, stars=dict.fromkeys(ASPECTS, 2), text=f"Urteil {mark}", now=now
        )
        AnswerCase.objects.create(firm=self.firm, warned_at=now, warned_asked=2, warned_unanswered=1)
        self.appeal = appeal(actor=owner, text=f"Widerspruch {mark}", now=now)

    @property
    def kwargs(self) -> dict[str, Any]:
        return {
            "request_id": self.quote_request.pk,
            "asked_id": self.invited.pk,
            "question_id": self.question.pk,
            "quote_id": self.quote.pk,
            "visit_id": self.visit.pk,
            "completion_id": self.completion.pk,
            "order_id": self.order.pk,
            "variation_id": self.variation.pk,
            "approval_id": self.approval.pk,
            "firm_id": self.firm.pk,
            "evidence_id": self.evidence.pk,
            "rating_id": self.rating.pk,
            "appeal_id": self.appeal.pk,
            "country": "DE",
            "service_code": "tap_drips",
            "price_id": self.price.pk,
            "crew_id": self.crew.pk,
            "property_id": self.property.pk,
            "sub_property_id": self.unit.pk,
            "group_id": self.group.pk,
            "reference_id": self.reference.pk,
            "object_type": "property",
            "object_id": self.property.pk,
            "integration_id": self.integration.pk,
            "run_id": self.run.pk,
            "view_id": self.view.pk,
            "key_id": self.key.pk,
            "membership_id": self.membership.pk,
            "invitation_id": self.invitation.pk,
            "property_type_id": self.property_type.pk,
            "organisation_id": self.organisation.pk,
            "session_id": self.session.pk,
            "pk": self.authenticator.pk,
            "role": "admin",
            "ticket_id": self.ticket.pk,
            "link_id": self.report_link.pk,
            "file_id": self.file.pk,
            "step": "review",
            "variant": "small",
            "token": invitation_token(self.invitation.pk),
        }

    def path(self, route: Route, **others: Any) -> str:
        """The route's address for this organisation's objects. An unknown kwarg fails here."""
        values = {name: self.kwargs[name] for name in route.kwargs} | others
        if route.name == "open_login_link":
            values["token"] = login_token(self.login_link.pk)
        if route.path.startswith("/report/"):
            values["token"] = report_token(self.report_link)
        if route.path.startswith("/status/"):
            values["token"] = status_token(self.ticket)
        if route.path.startswith("/quotes/by-link/"):
            values["token"] = quote_token(self.invited)
        if route.path.startswith("/owner-approvals/"):
            values["token"] = owner_token(self.owner_approval)
        if route.path.startswith("/visits/by-link/"):
            values["token"] = visit_token(self.visit)
        if route.name == "calendar_feed":
            values["token"] = feed_token(self.feed)
        return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda m: str(values[m[1]]), route.path)


@pytest.fixture
def theirs(factories: ModuleType) -> Sample:
    return Sample(factories, MARK)


@pytest.fixture
def ours(factories: ModuleType) -> Sample:
    return Sample(factories, "Unsriges")


@pytest.fixture
def everybody(factories: ModuleType, ours: Sample) -> dict[str, Person]:
    """Somebody of our organisation for each role; operator and firm have their own."""
    people = dict(ours.people)
    people["operator"] = factories.person(factories.organisation(kind="operator", name="Betrieb"), role="operator")
    firm = factories.organisation(kind="firm", name="Betrieb Brandt")
    people |= {str(role): factories.person(firm, role=role) for role in FIRM_ROLES}
    assert set(people) == set(Role.values)
    return people


def client_of(person: Person) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="de", raise_request_exception=True)
    client.force_login(person)
    return client


def everything() -> dict[str, list[Any]]:
    """All rows that pages may change, to prove that nothing changed."""
    left_out = {"sessions", "usersessions", "contenttypes"}
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values_list()))
        for model in apps.get_models()
        if model._meta.app_label not in left_out
    }


def test_every_route_has_a_name_of_its_own() -> None:
    names = [r.name for r in ROUTES]
    assert all(names)
    assert sorted(names) == sorted(set(names))


def test_the_public_list_names_only_what_exists() -> None:
    names = {r.name for r in ROUTES}
    assert names >= PUBLIC
    assert names >= ORGANISATIONS_MEET_HERE


def test_strangers_reach_what_is_public_and_are_sent_to_the_login_elsewhere(theirs: Sample) -> None:
    before = everything()
    for route in ROUTES:
        shown = Client().get(theirs.path(route))
        if route.name in PUBLIC:
            assert shown.status_code in {200, 302, 404, 405}, route.name
            continue
        posted = Client().post(theirs.path(route), {"name": "x", "role": "admin"})
        if route.name in FOR_THE_APP:
            assert {shown.status_code, posted.status_code} <= {401, 405}, route.name
            continue
        assert shown.status_code in {302, 405}, (route.name, shown.status_code)
        assert posted.status_code == 302, (route.name, posted.status_code)
        for answer in (shown, posted):
            if answer.status_code == 302:
                assert answer["Location"].startswith("/login/?next="), route.name
    assert everything() == before


def test_each_role_gets_its_pages_and_no_others(ours: Sample, everybody: dict[str, Person]) -> None:
    for role, person in everybody.items():
        client = client_of(person)
        for route in ROUTES:
            status = client.get(ours.path(route)).status_code
            if route.name == "account_logout" or route.name in PUBLIC:
                assert status in {200, 302, 404, 405}, (role, route.name)
            elif role in audience(route):
                # Looking is open to all whom the page is for; a page for changing only to those who may.
                allowed = {200, 302, 405}
                if route.kwargs or route.name in NEEDS_MORE:
                    allowed |= {404}
                if role == "finance_officer":
                    allowed |= {403}
                assert status in allowed, (role, route.name, status)
            else:
                assert status in {403, 404, 405}, (role, route.name, status)


def test_objects_of_another_organisation_are_not_found(
    theirs: Sample, ours: Sample, everybody: dict[str, Person]
) -> None:
    clients = {role: client_of(everybody[role]) for role in ("admin", "housing_manager", "operator", "firm", "tenant")}
    before = everything()
    for route in OBJECT_ROUTES:
        unknown: dict[str, Any] = {
            name: 987_654_321 if name in {"pk", "session_id"} else uuid.uuid4()
            for name in route.kwargs
            if name != "object_type" and name not in NAMES_NO_OBJECT
        }
        for role, client in clients.items():
            known = [] if role == "operator" and route.name in ORGANISATIONS_MEET_HERE else [theirs.path(route)]
            for address in (*known, theirs.path(route, **unknown)):
                shown = client.get(address)
                posted = client.post(address, {"name": "x", "role": "admin", "overlap": "0", "version": "1"})
                for answer in (shown, posted):
                    where = (role, route.name, answer.status_code)
                    if route.name.startswith("mfa_") and answer.status_code == 302:
                        # allauth asks for the password before it looks whether the passkey is there at all.
                        assert "/reauthenticate/" in answer["Location"], where
                        continue
                    for_them = role in audience(route)
                    assert answer.status_code in ({404, 405} if for_them else {403, 404, 405}), where
                    assert MARK not in answer.getvalue().decode(errors="replace"), where
        assert everything() == before, route.name


def test_lists_hold_no_foreign_rows(theirs: Sample, ours: Sample, everybody: dict[str, Person]) -> None:
    for role, person in everybody.items():
        client = client_of(person)
        for route in ROUTES:
            if route.kwargs or route.name == "account_logout":
                continue
            for query in ("", f"?q={MARK}", "?archived=all"):
                text = client.get(ours.path(route) + query).getvalue().decode(errors="replace")
                where = (role, route.name, query)
                assert f"Text {MARK}" not in text, where
                assert f"Haus {MARK}" not in text, where
                if route.name in ORGANISATIONS_MEET_HERE and role == "operator":
                    continue
                assert f"{MARK.lower()}@" not in text, where
                # The word searched for comes back in the search field.
                assert MARK not in text or "q=" in query, where


def test_the_mark_is_seen_by_those_whom_it_concerns(theirs: Sample) -> None:
    """Else the test above could not fail."""
    client = client_of(theirs.people["admin"])
    seen = {
        route.name: MARK in client.get(theirs.path(route)).getvalue().decode(errors="replace")
        for route in ROUTES
        if route.name not in {"account_logout"}
    }
    for name in (
        "properties",
        "property",
        "sub_properties",
        "integrations",
        "account_team",
        "account_company",
        "account_api_keys",
        "tickets",
        "ticket",
        "status",
        "report_links",
        "orders",
        "order",
        "order_items",
        "award_order",
        "approvals",
        "approval",
        "variation",
        "firms",
        "firm",
        "framework_price",
        "crews",
    ):
        assert seen[name], name


def test_an_unknown_kwarg_fails(ours: Sample) -> None:
    with pytest.raises(KeyError):
        ours.path(Route("new", "/new/<uuid:something_id>/", "", ("something_id",)))


def test_switching_to_a_foreign_organisation_is_not_found(theirs: Sample, ours: Sample) -> None:
    client = client_of(ours.people["admin"])
    assert client.post(f"/organisation/{theirs.organisation.pk}/").status_code == 404
    # A forged choice in the session is ignored.
    session = client.session
    session["organisation"] = str(theirs.organisation.pk)
    session.save()
    assert MARK not in client.get("/account/").content.decode()
