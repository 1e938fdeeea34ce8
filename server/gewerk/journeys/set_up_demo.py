"""A demo installation gets an organisation, somebody for every role and the connector's key. Never runs elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.identity.models import (
    ROLES_OF,
    ApiKey,
    ApiSecret,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    Scope,
)
from gewerk.identity.operations.create_key import create_key
from gewerk.identity.operations.organisations import new_organisation
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.secrets import decrypt
from gewerk.portfolio.models import SubProperty, SubPropertyType

PASSWORD = "Gewerk-Demo-2026"  # noqa: S105 - known on purpose: it opens nothing but a demo
_KEY_NAME = "ERP-Abgleich"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One login of the demo start page."""

    role: Role
    first_name: str
    last_name: str
    email: str
    comes_to: Promise


DEMO_PEOPLE = (
    DemoPerson(
        Role.HOUSING_MANAGER,
        "Sabine",
        "Krüger",
        "sabine.krueger@demo.example",
        _("See the whole stock, keep it true, answer for it"),
    ),
    DemoPerson(
        Role.HOUSING_OFFICER,
        "Jonas",
        "Falk",
        "jonas.falk@demo.example",
        _("Look up properties, units and tenants, correct by hand"),
    ),
    DemoPerson(
        Role.FINANCE_OFFICER,
        "Marion",
        "Seidel",
        "marion.seidel@demo.example",
        _("Look things up, without changing them"),
    ),
    DemoPerson(
        Role.ADMIN,
        "Tim",
        "Albers",
        "tim.albers@demo.example",
        _("Company, team and roles, API keys, and all that managers do"),
    ),
    DemoPerson(
        Role.CARETAKER,
        "Uwe",
        "Pohl",
        "uwe.pohl@demo.example",
        _("Do small orders without quote and invoice"),
    ),
    DemoPerson(
        Role.FIRM,
        "Kerstin",
        "Brandt",
        "kerstin.brandt@demo.example",
        _("Take orders, keep the firm's profile and people"),
    ),
    DemoPerson(
        Role.DISPATCHER, "Ralf", "Sommer", "ralf.sommer@demo.example", _("Take orders for the firm, arrange the work")
    ),
    DemoPerson(Role.FITTER, "Deniz", "Aydin", "deniz.aydin@demo.example", _("See what is to be done and do it")),
    DemoPerson(
        Role.PRIVATE_OWNER,
        "Petra",
        "Lindner",
        "petra.lindner@demo.example",
        _("Describe a job in one's own house, get sealed quotes, choose one"),
    ),
    DemoPerson(Role.TENANT, "Jonas", "Wiebe", "jonas.wiebe@demo.example", _("See one's own tenancy and whom to ask")),
    DemoPerson(
        Role.OPERATOR,
        "Olga",
        "Petersen",
        "olga.petersen@demo.example",
        _("Take organisations in, watch mails and health"),
    ),
)


@dataclass(frozen=True, slots=True)
class ConnectorAccess:
    """What the demo's connector logs in with."""

    client_id: str
    client_secret: str
    organisation_id: str


def set_up_demo(*, now: datetime | None = None) -> ConnectorAccess:
    """Bring the demo to its beginning; what is there stays. Raises RuntimeError in an installation that is no demo."""
    if not installation().demo:
        raise RuntimeError("This is not a demo installation.")
    now = now or timezone.now()
    with transaction.atomic():
        homes: dict[str, Organisation] = {
            OrganisationKind.MANAGER: _organisation(OrganisationKind.MANAGER, "Stadt- und Landwohnen (Demo)", now=now),
            OrganisationKind.FIRM: _organisation(OrganisationKind.FIRM, "Haustechnik Brandt (Demo)", now=now),
            OrganisationKind.OWNER: _organisation(OrganisationKind.OWNER, "Petra Lindner", now=now),
            OrganisationKind.OPERATOR: _organisation(OrganisationKind.OPERATOR, "Betrieb der Demo", now=now),
        }
        for demo in DEMO_PEOPLE:
            person = Person.objects.filter(email=demo.email).first() or Person.objects.create_user(
                demo.email, PASSWORD, first_name=demo.first_name, last_name=demo.last_name, created_at=now
            )
            home = next((homes[kind] for kind, roles in ROLES_OF.items() if demo.role in roles), homes["manager"])
            Membership.objects.get_or_create(
                person=person, organisation=home, role=demo.role, ended_at=None, defaults={"created_at": now}
            )
        return _connector_access(homes[OrganisationKind.MANAGER], now=now)


def demo_person(role: str) -> Person | None:
    """Who logs in under that role on the demo start page."""
    demo = next((d for d in DEMO_PEOPLE if d.role == role), None)
    if demo is None:
        return None
    if demo.role == Role.TENANT:
        _give_the_tenant_a_home(demo.email)
    return Person.objects.filter(email=demo.email).first()


def _organisation(kind: OrganisationKind, name: str, *, now: datetime) -> Organisation:
    known = Organisation.objects.filter(kind=kind).order_by("created_at", "id").first()
    if known is not None:
        return known
    organisation = new_organisation(kind=kind, name=name, country="DE", now=now)
    if kind == OrganisationKind.MANAGER:
        organisation.street, organisation.postcode, organisation.city = "Lindemannstraße 12", "44137", "Dortmund"
        organisation.email, organisation.phone = "service@demo.example", "+49 231 5550100"
    if kind == OrganisationKind.FIRM:
        organisation.street, organisation.postcode, organisation.city = "Rheinische Straße 47", "44137", "Dortmund"
        organisation.email, organisation.phone = "auftrag@brandt.example", "+49 231 5550147"
    organisation.save()
    return organisation


def _connector_access(organisation: Organisation, *, now: datetime) -> ConnectorAccess:
    key = ApiKey.objects.filter(organisation=organisation, name=_KEY_NAME, deleted_at__isnull=True).first()
    secret = key and ApiSecret.objects.filter(key=key, valid_until__isnull=True, revoked_at__isnull=True).first()
    if key and secret:
        # Read past ``reveal_secret``: no person looks at it, so no look belongs in the journal.
        return ConnectorAccess(key.client_id, decrypt(secret.sealed), str(organisation.pk))
    admin = Person.objects.get(email=next(d.email for d in DEMO_PEOPLE if d.role == Role.ADMIN))
    actor = Actor(
        kind=ActorKind.PERSON, id=admin.pk, organisation_id=organisation.pk, roles=frozenset({str(Role.ADMIN)})
    )
    made = create_key(
        actor=actor, name=_KEY_NAME, scope=Scope.MASTER_DATA, reminder_email="tim.albers@demo.example", now=now
    )
    return ConnectorAccess(made.key.client_id, made.client_secret, str(organisation.pk))


def _give_the_tenant_a_home(email: str) -> None:
    """The stock arrives after the people: the first tenant of the export with a running lease becomes the demo's."""
    membership = Membership.objects.filter(
        person__email=email, role=Role.TENANT, ended_at__isnull=True, sub_property_id__isnull=True
    ).first()
    if membership is None:
        return
    record = (
        SubProperty.objects.filter(
            organisation_id=membership.organisation_id,
            type=SubPropertyType.TENANT,
            archived_at__isnull=True,
            contract_end__isnull=True,
            tenures__isnull=False,
        )
        .order_by("external_id")
        .first()
    )
    if record is not None:
        membership.sub_property_id = record.pk
        membership.save(update_fields=["sub_property_id"])
