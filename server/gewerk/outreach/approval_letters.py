"""Mails about approvals: whoever may decide hears that somebody asks; whoever asked hears what was decided, and why."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from gewerk.identity.models import Membership
from gewerk.journal.models import Entry
from gewerk.outreach.concerned import Recipient, place_of
from gewerk.outreach.letters import Letter, address, language_of, object_id
from gewerk.projects.models import Approval, ApprovalState
from gewerk.projects.operations.limits import limits_of

ASKED, APPROVED, REFUSED = "work_order.approval_asked", "work_order.approved", "work_order.approval_refused"


def asked(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To all whose spending limit suffices; nothing once it is decided."""
    approval = _approval(entry)
    if approval is None or approval.state != ApprovalState.ASKED:
        return
    for recipient in _deciders(approval):
        if recipient.person_id != approval.asked_by_id:
            with translation.override(recipient.language):
                who = approval.asked_by.name if approval.asked_by else _("A program")
                sentence = _("%(who)s asks for your approval of %(amount)s gross. With it the order goes on.")
                sentence %= {"who": who, "amount": _amount(approval)}
                headline = _("an approval is asked for")
            yield _letter(approval, recipient, "decides", headline, sentence, approval.note)


def decided(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    """To whoever asked, unless they decided themselves."""
    approval = _approval(entry)
    person = approval.asked_by if approval is not None else None
    if approval is None or person is None or not person.is_active or person.pk == entry.actor_id:
        return
    recipient = Recipient(person.email, language_of(person, approval.order.organisation), person.pk)
    with translation.override(recipient.language):
        if entry.event == APPROVED:
            headline, sentence = _("approved"), _("Your request for %(amount)s gross is approved.")
        else:
            headline, sentence = _("not approved"), _("Your request for %(amount)s gross is refused.")
        sentence %= {"amount": _amount(approval)}
    yield _letter(approval, recipient, "asked", headline, sentence, approval.reason)


def _approval(entry: Entry) -> Approval | None:
    related = ("asked_by", "order__organisation", "order__property")
    found = Approval.objects.select_related(*related).filter(pk=entry.data.get("approval_id")).first()
    return found if found is not None and found.order_id == object_id(entry) else None


def _deciders(approval: Approval) -> list[Recipient]:
    organisation = approval.order.organisation
    limits = limits_of(organisation.pk)
    roles = [role for role, limit in limits.items() if limit is None or limit >= approval.amount_minor]
    live = Membership.objects.filter(
        organisation=organisation, role__in=roles, ended_at__isnull=True, person__is_active=True
    ).select_related("person")
    people = {one.person_id: one.person for one in live.order_by("person__email")}
    return [Recipient(one.email, language_of(one, organisation), one.pk) for one in people.values()]


def _amount(approval: Approval) -> str:
    """``2.380,00 EUR`` in the reader's signs."""
    return f"{number_format(approval.amount_minor / 100, 2, force_grouping=True)} {approval.order.currency}"


def _letter(approval: Approval, recipient: Recipient, party: str, headline: str, sentence: str, reason: str) -> Letter:
    order = approval.order
    page = f"/approvals/{approval.pk}/" if party == "decides" else f"/orders/{order.pk}/"
    return Letter(
        recipient=recipient.email,
        language=recipient.language,
        template="order",
        organisation=order.organisation,
        context={
            "number": order.number,
            "title": order.title,
            "place": place_of(order),
            "headline": headline,
            "sentence": sentence,
            "reason": reason,
            "organisation_name": order.organisation.name,
            "party": party,
            "url": address(page),
        },
    )
