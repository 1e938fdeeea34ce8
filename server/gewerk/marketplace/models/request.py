"""What is asked, of whom, and the questions that came back."""

from django.db import models
from django.db.models import F, Q

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.marketplace.states import LIVE, InvitationState, Mode, State
from gewerk.projects.models import WorkOrder


class QuoteRequest(models.Model):
    """A request for quotes, or a fixed-price offer, for one work order.

    Sealed while ``opened_at`` is empty, and the database lets nobody fill it before the deadline. Nothing that a firm does with
    its quote touches this row or its ``version``: a manager who watches it learns nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    """The manager's."""
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="quote_requests")
    mode = models.CharField(max_length=20, choices=Mode, default=Mode.REQUEST_FOR_QUOTES)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    service = models.CharField(max_length=60, blank=True)
    """A code of the catalogue of services: by it the gate is asked."""
    currency = models.CharField(max_length=3)
    budget_minor = models.BigIntegerField(null=True)
    """Gross, minor units of ``currency``."""
    budget_shown = models.BooleanField(default=False)
    """The invited firms see the budget."""
    deadline_at = models.DateTimeField(null=True)
    """Quotes come in before this moment and are opened at it or later. Once sent it only moves later."""
    claim_hours = models.PositiveSmallIntegerField(default=24)
    """Of a fixed-price offer: how long each firm has the job to itself."""
    start_date = models.DateField(null=True)
    """When the work shall begin."""
    visit_possible = models.BooleanField(default=False)
    visit_note = models.CharField(max_length=300, blank=True)
    """When and how one may look at it."""
    open_to_market = models.BooleanField(default=False, db_default=False)
    """Every vetted firm that works there may take part, beside those invited."""
    chosen_quote_id = models.UUIDField(null=True)
    """Opened quotes only: which is to be awarded while somebody's approval is awaited."""
    chosen_reason = models.TextField(blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_by_kind = models.CharField(max_length=10, blank=True)
    """``person`` or ``key``: a person who is gone must not be taken for a key."""
    sent_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    """Counts the manager's changes; the ETag."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=sorted(LIVE)), name="one_live_request_per_order"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="request_state_is_known"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(deadline_at__isnull=False, opened_at__gte=F("deadline_at")),
                name="quotes_are_sealed_until_the_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.OPENED) | Q(opened_at__isnull=False), name="opened_quotes_have_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.ENDED]) | Q(sent_at__isnull=False, deadline_at__isnull=False),
                name="a_sent_request_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.AWARDED) | Q(opened_at__isnull=False) | Q(mode=Mode.FIXED_PRICE_OFFER),
                name="no_award_behind_the_seal",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "updated_at", "id"], name="marketplace_requests_updated"),
            models.Index(fields=["state", "deadline_at"], name="marketplace_requests_due"),
            # What firms find on the marketplace.
            models.Index(
                fields=["service", "deadline_at", "id"],
                condition=Q(state=State.OPEN, open_to_market=True),
                name="marketplace_requests_open",
            ),
        ]


class RequestItem(models.Model):
    """One position of the scope. Quantity in thousandths of ``unit``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(QuoteRequest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    """Counts from 1 within the request."""
    number = models.CharField(max_length=30, blank=True)
    """The ordinal number of a bill of quantities (OZ): ``01.02.0010``."""
    section = models.CharField(max_length=300, blank=True)
    """Headings from the outermost on, `` / `` between: ``Bad / Fliesen``."""
    text = models.TextField()
    quantity_thousandths = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    optional = models.BooleanField(default=False)
    """Bedarfsposition: priced, not counted."""
    alternative_to = models.CharField(max_length=30, blank=True)
    """Alternativposition: ``number`` of the item in whose place it may come; priced, not counted."""
    unit_price_minor = models.BigIntegerField(null=True)
    vat_basis_points = models.PositiveIntegerField(null=True)
    """Both of a fixed-price offer only: net price per unit, and its rate."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="one_request_item_per_position"),
            models.CheckConstraint(condition=Q(quantity_thousandths__gt=0), name="a_request_item_has_a_quantity"),
        ]

    @property
    def counted(self) -> bool:
        """Part of the total."""
        return not self.optional and not self.alternative_to


class Invitation(models.Model):
    """A firm is asked. Says nothing of whether it quoted; that is behind the seal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(QuoteRequest, on_delete=models.PROTECT, related_name="invitations")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    """The order in which they were chosen; of a fixed-price offer the order of the windows."""
    why = models.CharField(max_length=1_000, blank=True)
    """Why the firm is on the list at this place."""
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.INVITED)
    decline_reason = models.TextField(blank=True)
    declined_at = models.DateTimeField(null=True)
    window_from_at = models.DateTimeField(null=True)
    window_until_at = models.DateTimeField(null=True)
    """Of a fixed-price offer: from (inclusive) and until (exclusive) when this firm alone may take the job."""
    link_version = models.PositiveSmallIntegerField(default=1)
    """Signed into the firm's link: counted up, older links open nothing."""
    invited_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "firm"], name="one_invitation_per_firm"),
            models.UniqueConstraint(fields=["request", "position"], name="one_invitation_per_position"),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.DECLINED) | ~Q(decline_reason=""), name="a_declined_one_says_why"
            ),
        ]
        indexes = [models.Index(fields=["firm", "-invited_at"], name="marketplace_invitations_firm")]


class Question(models.Model):
    """Asked by an invited firm; every invited firm sees it with its answer, not by whom it was asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(QuoteRequest, on_delete=models.PROTECT, related_name="questions")
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
