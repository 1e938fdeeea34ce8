"""``python -m stories.seed_quotes``: what a story of quotes cannot wait for, in a process of its own so that the story knows no Django.

``vet FIRM_ID SERVICE DAYS``: somebody of the operator enters the papers that the service asks for, a second person confirms them;
the insurance holds DAYS more days. ``join NAME EMAIL TRADE POSTCODE``: a firm that nobody invited; its id. ``days N``: so many days
pass, for requests, quotes and evidence alike. ``quotes``: ids of quotes and of their files, to be tried by whoever must not see them.
"""

import json
import os
import sys
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def vet(firm_id: str, service_code: str, days: str, *, now: datetime) -> None:
    from django.db import transaction
    from gewerk.catalogue.queries import catalogue_of, service
    from gewerk.files.incoming import Incoming
    from gewerk.files.receive import ANY_KIND, receive
    from gewerk.firms.models import Evidence
    from gewerk.firms.operations.evidence import Paper, confirm_evidence
    from gewerk.identity.models import Membership, Organisation, OrganisationKind, Person, Role
    from gewerk.journal.actor import Actor, ActorKind
    from gewerk.journeys.show_evidence import show_evidence

    firm = Organisation.objects.get(pk=firm_id)
    catalogue, wanted = catalogue_of(firm.country), service(firm.country, service_code)
    operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).first()
    if operator is None:
        operator = Organisation.objects.create(kind=OrganisationKind.OPERATOR, name="Betrieb", created_at=now)
        for email in ("eins@betrieb.example", "zwei@betrieb.example"):
            person = Person.objects.create_user(email, created_at=now)
            Membership.objects.create(person=person, organisation=operator, role=Role.OPERATOR, created_at=now)
    first, second = (
        Actor(kind=ActorKind.PERSON, id=one.person_id, organisation_id=operator.pk, roles=frozenset({Role.OPERATOR}))
        for one in Membership.objects.filter(organisation=operator).order_by("created_at", "id")
    )
    today = now.date()
    for need in wanted.requirements:
        kind = catalogue.evidence[need.kind]
        if Evidence.objects.filter(firm=firm, kind=need.kind).exists():
            continue
        left = int(days) if need.kind in {"liability_insurance", "public_liability"} else 400
        incoming = Incoming("Nachweis.pdf")
        incoming.write(_PDF + f"% {need.kind} {firm_id}\n".encode())
        paper = Paper(
            kind=need.kind,
            issuer="Ausgestellt in Dortmund",
            number="N-1",
            valid_from=today - timedelta(days=300),
            valid_until=today + timedelta(days=left) if kind.expires else None,
            insured_minor=need.minimum_minor,
            trades=list(wanted.trades) if kind.per_trade else (),
        )
        with transaction.atomic():
            files = [receive(incoming, kinds=ANY_KIND)]
            made = show_evidence(actor=first, firm_id=firm.pk, paper=paper, files=files, now=now)
        with transaction.atomic():
            confirm_evidence(actor=second, evidence_id=made.pk, now=now)


def join(name: str, email: str, trade: str, postcode: str, *, now: datetime) -> str:
    """In the portal, on nobody's list, with an address and no access yet."""
    from gewerk.firms.operations.write_profile import begin_profile
    from gewerk.identity.models import OrganisationKind
    from gewerk.identity.operations.organisations import new_organisation
    from gewerk.journal.actor import system

    firm = new_organisation(kind=OrganisationKind.FIRM, name=name, country="DE", now=now)
    firm.email, firm.postcode, firm.city = email, postcode, "Dortmund"
    firm.save(update_fields=["email", "postcode", "city"])
    begin_profile(actor=system(firm.pk), firm=firm, trades=[trade], now=now)
    return str(firm.pk)


def days(number: str) -> None:
    from django.db.models import F
    from gewerk.firms.models import Evidence
    from gewerk.marketplace.models import Quote, QuoteRequest

    gone = timedelta(days=int(number))
    # The deadline first: the database lets nobody open before it.
    QuoteRequest.objects.update(deadline_at=F("deadline_at") - gone, sent_at=F("sent_at") - gone)
    Quote.objects.update(submitted_at=F("submitted_at") - gone, valid_until_date=F("valid_until_date") - gone)
    Evidence.objects.update(valid_from=F("valid_from") - gone, valid_until=F("valid_until") - gone)


def quotes() -> list[dict[str, object]]:
    from gewerk.files.queries import files_of
    from gewerk.marketplace.models import Quote

    return [
        {
            "id": str(one.pk),
            "firm": one.firm.name,
            "state": one.state,
            "files": [str(f.file_id) for f in files_of("quote", one.pk)],
        }
        for one in Quote.objects.select_related("firm").order_by("created_at")
    ]


def main(command: str, *arguments: str) -> object:
    import django

    django.setup()
    from django.utils import timezone

    if command in {"vet", "join"}:
        return {"vet": vet, "join": join}[command](*arguments, now=timezone.now())
    return {"days": days, "quotes": quotes}[command](*arguments)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
