"""The award record: who decided, when, why, against which others. Written once."""

from typing import Any, NoReturn

from django.db import models

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.marketplace.models.quote import Quote
from gewerk.marketplace.models.request import QuoteRequest
from gewerk.projects.models import WorkOrder


class RecordIsForEver(Exception):
    """Somebody tried to change or delete an award record."""


class _RecordsForEver(models.QuerySet["AwardRecord"]):
    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise RecordIsForEver

    def delete(self) -> NoReturn:
        raise RecordIsForEver


class AwardRecord(models.Model):
    """Never changed: not by this class, and on PostgreSQL not by SQL either (a trigger; where the migrations run under a role of
    their own, the application's role lacks the right as well: ``docs/explanation/award-record.md``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.OneToOneField(QuoteRequest, on_delete=models.PROTECT, related_name="award")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    # No constraint: the person may be deleted one day, and this row must not be touched then.
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    reason = models.TextField()
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    others = models.JSONField(default=list)
    """Against which: ``{"quote_id", "firm_id", "gross_minor", "reason"}`` each, by rising sum."""
    gate = models.JSONField(default=dict)
    """What the gate answered: ``{"open", "missing", "on"}``."""

    objects = _RecordsForEver.as_manager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RecordIsForEver
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise RecordIsForEver
