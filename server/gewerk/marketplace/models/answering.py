"""The house's rule on requests left unanswered: a warning, then a limit; what the firm says to it, and what the operator decides."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id


class Stage(models.TextChoices):
    WARNED = "warned", _("warned")
    LIMITED = "limited", _("limited")


class CaseEnd(models.TextChoices):
    RECOVERED = "recovered", _("answers again")
    APPEAL = "appeal", _("the appeal was granted")


class AnswerCase(models.Model):
    """From the warning until the firm answers again or its appeal is granted. A firm has at most one that is open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    warned_at = models.DateTimeField()
    warned_asked = models.PositiveIntegerField()
    warned_unanswered = models.PositiveIntegerField()
    """Of how many requests of the 90 days before how many stayed unanswered, as the warning said."""
    limited_at = models.DateTimeField(null=True)
    limited_asked = models.PositiveIntegerField(null=True)
    limited_unanswered = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=10, choices=CaseEnd, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm"], condition=Q(ended_at__isnull=True), name="one_open_answer_case_per_firm"
            ),
            models.CheckConstraint(
                condition=Q(limited_at__isnull=True) | Q(limited_at__gt=F("warned_at")),
                name="no_limit_without_a_warning",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""),
                name="an_ended_answer_case_says_why",
            ),
        ]
        indexes = [models.Index(fields=["firm", "-warned_at"], name="marketplace_answer_cases")]

    @property
    def stage(self) -> Stage:
        return Stage.WARNED if self.limited_at is None else Stage.LIMITED


class Outcome(models.TextChoices):
    OPEN = "open", _("not decided yet")
    GRANTED = "granted", _("granted")
    REJECTED = "rejected", _("rejected")


class Appeal(models.Model):
    """A firm asks the operator to look again: once against the warning, once against the limit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(AnswerCase, on_delete=models.PROTECT, related_name="appeals")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage)
    text = models.TextField()
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    reason = models.TextField(blank=True)
    """Of the decision; the firm reads it."""
    decided_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "stage"], name="one_appeal_per_case_and_stage"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, decided_at__isnull=True)
                | Q(outcome__in=[Outcome.GRANTED, Outcome.REJECTED], decided_at__isnull=False) & ~Q(reason=""),
                name="a_decided_appeal_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["outcome", "made_at"], name="marketplace_appeals_queue"),
            models.Index(fields=["firm", "decided_at"], name="marketplace_appeals_of_firm"),
        ]
