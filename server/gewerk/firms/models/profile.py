"""What a firm tells of itself, alike to every manager."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation
from gewerk.kit.ids import new_id


class AreaKind(models.TextChoices):
    ANYWHERE = "anywhere", _("anywhere")
    POSTCODES = "postcodes", _("by postcode")
    RADIUS = "radius", _("within a radius")


class FirmProfile(models.Model):
    """Beside the organisation (name, address, e-mail, phone, VAT id). Made with the firm's first trade or by whoever invites."""

    firm = models.OneToOneField(Organisation, on_delete=models.PROTECT, primary_key=True, related_name="firm_profile")
    contact_name = models.CharField(max_length=200, blank=True)
    emergency_phone = models.CharField(max_length=40, blank=True)
    """Answered outside working hours; empty: none offered."""
    website = models.URLField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    languages = models.JSONField(default=list)
    """Codes of ISO 639-1 that its people speak."""
    area_kind = models.CharField(max_length=10, choices=AreaKind, default=AreaKind.ANYWHERE)
    area_postcodes = models.JSONField(default=list)
    """With ``postcodes``: beginnings of postcodes, ``44`` as well as ``44137``."""
    area_radius_km = models.PositiveSmallIntegerField(null=True)
    """With ``radius``: around the firm's own address."""
    capacity = models.PositiveSmallIntegerField(null=True)
    """How many new orders the firm can take in a week; empty: not said."""
    iban = models.CharField(max_length=34, blank=True, default="", db_default="")
    """Where it is paid, without spaces. Shown to the firm's own people alone."""
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()


class FirmTrade(models.Model):
    """A firm says that it works in a trade. Whether it may, its evidence says (``gates``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="firm_trades")
    trade = models.CharField(max_length=30)
    """A code of ``trades.TRADES``."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "trade"], name="one_firm_trade")]
        indexes = [models.Index(fields=["trade", "firm"], name="firms_by_trade")]


class FirmService(models.Model):
    """A firm offers this service of the catalogue. A firm without any row offers every service of its trades."""

    id = models.BigAutoField(primary_key=True)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="firm_services")
    code = models.CharField(max_length=40)
    """Of a service in the catalogue of the firm's country."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "code"], name="one_firm_service")]
        indexes = [models.Index(fields=["code", "firm"], name="firms_by_service")]
