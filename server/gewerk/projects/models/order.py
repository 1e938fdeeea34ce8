"""A work order, its number and the tickets that it answers."""

import builtins

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gewerk.firms.models import Crew
from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.portfolio.models import Property, SubProperty
from gewerk.projects.states import WITH_CONTRACTOR, State
from gewerk.tickets.models import Ticket, Urgency


class AwardKind(models.TextChoices):
    """On what ground the contractor got it."""

    BY_HAND = "by_hand", _("by hand")
    FRAMEWORK = "framework", _("at a framework price")
    IN_HOUSE = "in_house", _("in-house")
    QUOTE = "quote", _("on a quote")


class OrderCounter(models.Model):
    """The last number of an organisation's year. Its row is the lock under which the next one is taken."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="one_order_counter_per_year")]


class WorkOrder(models.Model):
    """What is to be done at one place. Its photos and documents are ``FileLink`` rows of object type ``work_order``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """The manager's."""
    number = models.CharField(max_length=20)
    """``A-2026-0001``, unique within the organisation; gaps are allowed."""
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    trade = models.CharField(max_length=30, blank=True)
    """A code of ``firms.trades``."""
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)

    # where
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="work_orders")
    unit = models.ForeignKey(SubProperty, on_delete=models.PROTECT, null=True, related_name="work_orders")
    """The flat or shop; empty for a common part."""
    place_note = models.CharField(max_length=200, blank=True)
    """``Bad``, ``Treppenhaus 2. OG``."""

    # getting in: goes to the contractor after the award, is hidden from it after the acceptance
    tenant = models.ForeignKey(SubProperty, on_delete=models.PROTECT, null=True, related_name="+")
    """Whom it concerns, where the record is known."""
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=60, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    access_notes = models.TextField(blank=True)
    pets = models.CharField(max_length=200, blank=True)
    pair_visit = models.BooleanField(default=False)
    """Two people have to come."""

    # who does it
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    crew = models.ForeignKey(Crew, on_delete=models.PROTECT, null=True, related_name="work_orders")
    award_kind = models.CharField(max_length=10, choices=AwardKind, blank=True)
    awarded_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    """The contractor said that it takes the order."""

    # how it stands
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField()
    responsible = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    due_date = models.DateField(null=True)
    """Until when the work shall be done."""
    done_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    warranty_until_date = models.DateField(null=True)
    """The last day on which defects are the contractor's (§634a BGB)."""
    recall_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="recalls")
    """The order whose work this one repairs."""

    # money: minor units of ``currency``, gross; kept by ``operations.sums``
    currency = models.CharField(max_length=3)
    account_code = models.CharField(max_length=40, blank=True)
    budget_minor = models.BigIntegerField(null=True)
    items_net_minor = models.BigIntegerField(default=0)
    items_gross_minor = models.BigIntegerField(default=0)
    """Of the order's own items."""
    variations_net_minor = models.BigIntegerField(default=0)
    variations_gross_minor = models.BigIntegerField(default=0)
    """Of the approved variations."""
    approved_minor = models.BigIntegerField(default=0)
    """Up to which sum people whose limits suffice have agreed; never less than what is committed."""
    invoiced_minor = models.BigIntegerField(default=0)

    # insurance
    insurance_claim = models.BooleanField(default=False)
    insurer = models.CharField(max_length=200, blank=True)
    claim_number = models.CharField(max_length=60, blank=True)

    search = models.TextField(blank=True)
    """Folded text that the list's search finds (``search_text``)."""
    version = models.PositiveIntegerField(default=1)
    """Counts changes; the ETag."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_order_per_number"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_is_known"),
            models.CheckConstraint(
                condition=Q(firm__isnull=True) | Q(crew__isnull=True), name="an_order_has_one_contractor"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_CONTRACTOR) | Q(firm__isnull=False) | Q(crew__isnull=False),
                name="an_awarded_order_has_a_contractor",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.INVOICED, State.PAID]) | Q(crew__isnull=True),
                name="an_in_house_order_has_no_invoice",
            ),
            models.CheckConstraint(
                condition=Q(recall_of__isnull=True) | ~Q(recall_of=F("id")), name="an_order_recalls_not_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="projects_orders_newest"),
            models.Index(fields=["organisation", "state", "-created_at"], name="projects_orders_by_state"),
            models.Index(fields=["organisation", "responsible", "state"], name="projects_orders_by_person"),
            models.Index(fields=["firm", "state", "-created_at"], name="projects_orders_of_firm"),
            models.Index(fields=["crew", "state", "-created_at"], name="projects_orders_of_crew"),
            models.Index(fields=["property", "-created_at"], name="projects_orders_of_property"),
            models.Index(fields=["organisation", "updated_at", "id"], name="projects_orders_updated"),
        ]

    @builtins.property
    def in_house(self) -> bool:
        """Done by own people: neither quote nor invoice."""
        return self.crew_id is not None

    @builtins.property
    def committed_minor(self) -> int:
        """Gross: the order and its approved variations, from the award on. Nothing while nobody has it."""
        return self.items_gross_minor + self.variations_gross_minor if self.state in WITH_CONTRACTOR else 0


class OrderTicket(models.Model):
    """A ticket that the order answers: one ticket may lead to several orders, several tickets to one."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="ticket_links")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="order_links")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "ticket"], name="one_link_per_order_and_ticket")]
