"""New organisations of an installation, and what an administrator changes in their own."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, manages_company, operates, require
from gewerk.identity.countries import COUNTRIES, CURRENCIES, LANGUAGES, TIME_ZONES
from gewerk.identity.models import Organisation, OrganisationKind
from gewerk.journal.actor import Actor, system
from gewerk.journal.operations import record
from gewerk.kit.account_numbers import vat_id_is_sound
from gewerk.kit.refusals import FieldProblem, Refusal

COMPANY_FIELDS = (
    "name",
    "street",
    "postcode",
    "city",
    "country",
    "email",
    "phone",
    "vat_id",
    "language",
    "currency",
    "time_zone",
)

_ALLOWED = {"country": COUNTRIES, "language": LANGUAGES, "currency": CURRENCIES, "time_zone": TIME_ZONES}


class CompanyIsInvalid(Refusal):
    code = "company_invalid"


def new_organisation(*, kind: str, name: str, country: str, now: datetime) -> Organisation:
    """The row, with what its country suggests. Raises CompanyIsInvalid for a missing name or an unknown country."""
    _check({"name": name, "country": country})
    defaults = COUNTRIES[country]
    return Organisation.objects.create(
        kind=kind,
        name=name.strip(),
        country=country,
        language=defaults.language,
        currency=defaults.currency,
        time_zone=defaults.time_zone,
        created_at=now,
    )


def create_organisation(*, actor: Actor, kind: str, name: str, country: str, now: datetime) -> Organisation:
    """The operator takes a manager or a firm in. Raises CompanyIsInvalid."""
    require(operates(actor))
    if kind not in {OrganisationKind.MANAGER, OrganisationKind.FIRM}:
        raise CompanyIsInvalid(problems=(FieldProblem("/kind", "kind_unknown", str(_("Please choose one."))),))
    organisation = new_organisation(kind=kind, name=name, country=country, now=now)
    record(
        actor=actor,
        event="organisation.created",
        object_type="organisation",
        object_id=organisation.pk,
        now=now,
        data={"kind": kind, "country": country},
    )
    return organisation


def create_firm(*, actor: Actor, name: str, email: str, country: str, now: datetime) -> Organisation:
    """A manager makes a firm known that it is about to invite. To ``email`` go its letters until somebody of it has an access.

    Raises CompanyIsInvalid.
    """
    require(edits_orders(actor))
    firm = new_organisation(kind=OrganisationKind.FIRM, name=name, country=country, now=now)
    firm.email = email
    firm.save(update_fields=["email"])
    record(
        actor=actor,
        event="organisation.created",
        object_type="organisation",
        object_id=firm.pk,
        now=now,
        data={"kind": firm.kind, "country": country},
    )
    return firm


def join_by_itself(*, kind: OrganisationKind, name: str, country: str, now: datetime) -> Organisation:
    """Somebody registers a firm or an own home, whom nobody invited. Raises CompanyIsInvalid."""
    made = new_organisation(kind=kind, name=name, country=country, now=now)
    record(
        actor=system(made.pk),
        event="organisation.created",
        object_type="organisation",
        object_id=made.pk,
        now=now,
        data={"kind": made.kind, "country": country, "joined": "by itself"},
    )
    return made


def update_company(*, actor: Actor, fields: dict[str, Any], now: datetime) -> Organisation:
    """Change the actor's own organisation; the journal names the fields. Raises CompanyIsInvalid."""
    require(manages_company(actor))
    organisation = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    _check(fields)
    _check_vat_id(organisation, fields)
    changed = [name for name in COMPANY_FIELDS if name in fields and getattr(organisation, name) != fields[name]]
    if not changed:
        return organisation
    for name in changed:
        setattr(organisation, name, fields[name])
    organisation.save(update_fields=changed)
    record(
        actor=actor,
        event="organisation.updated",
        object_type="organisation",
        object_id=organisation.pk,
        now=now,
        data={"fields": changed},
    )
    return organisation


def _check_vat_id(organisation: Organisation, fields: dict[str, Any]) -> None:
    """By its form and check digits, when it is new or the country is."""
    number, country = fields.get("vat_id", organisation.vat_id), fields.get("country", organisation.country)
    if (number, country) == (organisation.vat_id, organisation.country) or not number.strip():
        return
    if not vat_id_is_sound(number, country):
        text = _("This is no VAT ID of this country. Please compare it with your tax office's letter.")
        raise CompanyIsInvalid(text, problems=(FieldProblem("/vat_id", "wrong_format", str(text)),))


def _check(fields: dict[str, Any]) -> None:
    problems = []
    if "name" in fields and not fields["name"].strip():
        problems.append(FieldProblem("/name", "required", str(_("Please enter a name."))))
    for name, allowed in _ALLOWED.items():
        if name in fields and fields[name] not in allowed:
            problems.append(FieldProblem(f"/{name}", "choice_unknown", str(_("Please choose one."))))
    if problems:
        raise CompanyIsInvalid(problems[0].message, problems=tuple(problems))
