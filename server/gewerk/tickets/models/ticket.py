"""A ticket, its numbers and its history."""

from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.portfolio.models import Property, SubProperty
from gewerk.tickets.models.reporting import ReportLink
from gewerk.tickets.states import OPEN, State


class Urgency(models.TextChoices):
    """From the most to the least pressing; ``rank`` sorts them."""

    EMERGENCY = "emergency", _("Emergency")
    URGENT = "urgent", _("Urgent")
    NORMAL = "normal", _("Normal")
    LOW = "low", _("Can wait")

    @property
    def rank(self) -> int:
        return list(Urgency).index(self)


class Channel(models.TextChoices):
    """How it was reported."""

    LINK = "link", _("Link")
    QR = "qr", _("QR code")
    PORTAL = "portal", _("Tenant's access")
    PHONE = "phone", _("Phone call")
    EMAIL = "email", _("E-mail")
    API = "api", _("API")
    ERP = "erp", _("ERP")


class Origin(models.TextChoices):
    """Where the ticket was born (spec 05): an ERP's own tickets are never sent back to it as new ones."""

    GEWERK = "gewerk", _("Gewerk")
    ERP = "erp", _("ERP")


class ReporterKind(models.TextChoices):
    TENANT = "tenant", _("Tenant")
    OWNER = "owner", _("Owner")
    NEIGHBOUR = "neighbour", _("Neighbour")
    CARETAKER = "caretaker", _("Caretaker")
    STAFF = "staff", _("Manager's staff")
    OTHER = "other", _("Somebody else")


class WaitingFor(models.TextChoices):
    REPORTER = "reporter", _("the reporter")
    FIRM = "firm", _("the firm")
    PARTS = "parts", _("parts or material")
    OWNER = "owner", _("the owner")
    INSURER = "insurer", _("the insurer")
    WEATHER = "weather", _("better weather")
    OTHER = "other", _("something else")


class TicketCounter(models.Model):
    """The last number of an organisation's year: ``T-2026-0001``. Its row is the lock under which the next one is taken."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="one_ticket_counter_per_year")]


class Ticket(models.Model):
    """One matter at one place. Its photos and videos are ``FileLink`` rows of object type ``ticket``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    """``T-2026-0001``, unique within the organisation; gaps are allowed."""
    channel = models.CharField(max_length=10, choices=Channel)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.GEWERK)
    external_id = models.CharField(max_length=200, null=True)
    """The ERP's id of it, where there is one."""
    external_number = models.CharField(max_length=60, blank=True)
    """The number under which the ERP's users know it."""

    # where
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="tickets")
    unit = models.ForeignKey(SubProperty, on_delete=models.PROTECT, null=True, related_name="tickets")
    """The flat or shop; empty for a common part, or where the reporter's flat is known by words only (``place_note``)."""
    common_part = models.CharField(max_length=40, blank=True)
    """``stairwell``, ``cellar`` ... (``catalogue``); empty: within a unit."""
    place_note = models.CharField(max_length=200, blank=True)
    """The reporter's own words: ``2. OG links, Bad``."""

    # who
    report_link = models.ForeignKey(ReportLink, on_delete=models.PROTECT, null=True, related_name="+")
    reporter = models.ForeignKey(SubProperty, on_delete=models.PROTECT, null=True, related_name="reported_tickets")
    """The tenant's or owner's record, where it is known for sure."""
    reporter_person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who was logged in."""
    reporter_kind = models.CharField(max_length=12, choices=ReporterKind, default=ReporterKind.OTHER)
    reporter_name = models.CharField(max_length=200, blank=True)
    reporter_email = models.CharField(max_length=254, blank=True)
    reporter_phone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5)
    """The reporter's: of the text, of the status page and of the mails to them."""
    link_version = models.PositiveSmallIntegerField(default=1)
    """Signed into the status link: counted up, older links open nothing."""

    # what
    category = models.CharField(max_length=60)
    """A fault of the catalogue: ``water.pipe_burst``."""
    answers = models.JSONField(default=list)
    """[{question, answer}] as codes of the catalogue, in the order asked."""
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency)
    urgency_rank = models.GeneratedField(
        expression=Case(*(When(urgency=one.value, then=Value(one.rank)) for one in Urgency)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    """For sorting: 0 is the most pressing. Made by the database from ``urgency``, so that an index can hold it."""
    urgency_rule = models.CharField(max_length=60, blank=True)
    """The rule that gave it (``catalogue/urgency.toml``); empty: somebody set it by hand, the history says who and why."""
    react_by_at = models.DateTimeField(null=True)
    """Until when somebody should have taken it up; empty once somebody has."""

    # the visit
    access_notes = models.TextField(blank=True)
    """When somebody is at home, where the key is."""
    vulnerable = models.BooleanField(default=False)
    """A small child, an old, ill or disabled person lives there: counts in the urgency rules."""
    vulnerable_note = models.CharField(max_length=300, blank=True)
    pets = models.CharField(max_length=200, blank=True)
    pair_visit = models.BooleanField(default=False)
    """Two people have to come."""

    # how it stands
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    state_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    """Of the present state, in words for the reporter: why rejected, what was done, what is waited for."""
    waiting_for = models.CharField(max_length=10, choices=WaitingFor, blank=True)
    waiting_until_date = models.DateField(null=True)
    responsible = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    incident = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="members")
    """The ticket that leads for this one: it keeps its number, photos and history and follows the other's state."""
    building_wide = models.BooleanField(default=False)
    """Concerns the whole building: whoever reports the same there is told that it is known."""

    search = models.TextField(blank=True)
    """Folded text that the list's search finds (``search_text``)."""
    version = models.PositiveIntegerField(default=1)
    """Counts changes; the ETag."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_ticket_per_number"),
            models.UniqueConstraint(fields=["organisation", "external_id"], name="one_ticket_per_external_id"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="ticket_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | ~Q(reason=""), name="a_rejected_ticket_says_why"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(common_part=""), name="a_ticket_is_in_a_unit_or_a_common_part"
            ),
            models.CheckConstraint(
                condition=Q(incident__isnull=True) | ~Q(incident=models.F("id")), name="a_ticket_leads_not_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="tickets_newest"),
            # What is to be done, the most pressing and oldest first: the list as it opens.
            models.Index(
                fields=["organisation", "urgency_rank", "created_at", "id"],
                condition=Q(state__in=sorted(OPEN), incident__isnull=True),
                name="tickets_to_do",
            ),
            models.Index(fields=["organisation", "urgency_rank", "created_at", "id"], name="tickets_by_urgency"),
            models.Index(fields=["organisation", "state", "urgency_rank", "created_at", "id"], name="tickets_by_state"),
            # All that the counts of the list ask for, so that they never read the tickets themselves.
            models.Index(
                fields=["organisation", "state", "incident", "responsible", "react_by_at", "urgency"],
                condition=Q(state__in=sorted(OPEN)),
                name="tickets_open_counts",
            ),
            models.Index(fields=["organisation", "responsible", "state"], name="tickets_by_responsible"),
            models.Index(fields=["property", "-created_at"], name="tickets_of_property"),
            models.Index(fields=["organisation", "updated_at", "id"], name="tickets_updated"),
        ]


class HistoryIsAppendOnly(Exception):
    """Somebody tried to change or delete what has happened."""


class HistoryEntry(models.Model):
    """One step or change of a ticket: who, when, what, why. Never changed. Holds personal data, hence apart from the journal."""

    id = models.BigAutoField(primary_key=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    """``person``, ``key``, ``system``, or ``guest`` for a reporter without login."""
    actor_id = models.UUIDField(null=True)
    event = models.CharField(max_length=40)
    """A step of ``states.STEPS``, or ``reported``, ``changed``, ``noted``, ``merged``, ``separated``, ``file_added`` ..."""
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    """Both empty for what changed no state."""
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    """Changed fields (name -> [before, after]), the other ticket of a merge ..."""
    internal = models.BooleanField(default=False)
    """Never shown to the reporter."""

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"], name="tickets_history")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise HistoryIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ARG002 - Django's signature
        raise HistoryIsAppendOnly
