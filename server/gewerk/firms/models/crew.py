"""A manager's own people who do orders: caretakers and the in-house crew (Regiebetrieb)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id


class CrewKind(models.TextChoices):
    CARETAKER = "caretaker", _("Caretaker")
    CREW = "crew", _("In-house crew")


class Crew(models.Model):
    """Takes orders without quote and invoice. Its members see its orders."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="crews")
    kind = models.CharField(max_length=10, choices=CrewKind)
    name = models.CharField(max_length=100)
    trades = models.JSONField(default=list)
    """Codes of ``trades.TRADES``; empty: whatever comes."""
    phone = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=models.Q(archived_at__isnull=True),
                name="one_live_crew_per_name",
            )
        ]


class CrewMember(models.Model):
    """Somebody with the role caretaker belongs to a crew."""

    id = models.BigAutoField(primary_key=True)
    crew = models.ForeignKey(Crew, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="crew_memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crew", "person"], name="one_membership_per_crew")]
