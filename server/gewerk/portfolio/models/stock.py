"""Properties and what lies below them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Organisation, Person
from gewerk.kit.ids import new_id
from gewerk.portfolio.models.record import Record


class PropertyType(models.Model):
    """Objektart, the organisation's own list (Wohnhaus, Geschäftshaus ...)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_property_type_per_name")]


class PropertyGroup(Record):
    """Objektgruppe; an ERP's Wirtschaftseinheit may arrive as one."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "external_id"], name="one_group_per_external_id")
        ]


class Property(Record):
    """Objekt: a building."""

    street = models.CharField(max_length=200, blank=True)
    house_number = models.CharField(max_length=30, blank=True)
    addition = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=100, blank=True)
    district = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    address_raw = models.CharField(max_length=400, blank=True)
    """The street line as the ERP holds it."""
    property_type = models.CharField(max_length=100, blank=True)
    construction_year = models.PositiveSmallIntegerField(null=True)
    storeys = models.SmallIntegerField(null=True)
    groups = models.ManyToManyField(PropertyGroup, related_name="properties")
    responsible = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    deputy = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "external_id"], name="one_property_per_external_id")
        ]
        indexes = [
            models.Index(fields=["organisation", "updated_at", "id"], name="portfolio_property_updated"),
            # Every list offers the places of the stock.
            models.Index(
                fields=["organisation", "city"], condition=Q(archived_at__isnull=True), name="portfolio_property_city"
            ),
        ]


class SubPropertyType(models.TextChoices):
    UNIT = "unit", _("Unit")
    TENANT = "tenant", _("Tenant")
    LANDLORD = "landlord", _("Landlord")


class Usage(models.TextChoices):
    LIVING = "living", _("Living")
    COMMERCIAL = "commercial", _("Commercial")
    PARKING = "parking", _("Parking")
    STORAGE = "storage", _("Storage")
    OTHER = "other", _("Other")


class Occupancy(models.TextChoices):
    LET = "let", _("let")
    VACANT = "vacant", _("vacant")
    UNKNOWN = "unknown", _("unknown")


class PartyKind(models.TextChoices):
    NATURAL = "natural", _("Person")
    LEGAL = "legal", _("Legal entity")
    ASSOCIATION = "association", _("Association")


class PartyRole(models.TextChoices):
    MAIN_TENANT = "main_tenant", _("Main tenant")
    CO_TENANT = "co_tenant", _("Co-tenant")
    OWNER = "owner", _("Owner")
    CO_OWNER = "co_owner", _("Co-owner")


class SubProperty(Record):
    """Unterobjekt: a unit, or a tenant or landlord (one contract x one party). Columns of the other types stay empty."""

    type = models.CharField(max_length=10, choices=SubPropertyType)

    # unit
    property = models.ForeignKey(Property, on_delete=models.PROTECT, null=True, related_name="units")
    usage = models.CharField(max_length=12, choices=Usage, blank=True)
    usage_raw = models.CharField(max_length=200, blank=True)
    floor = models.SmallIntegerField(null=True)
    floor_raw = models.CharField(max_length=200, blank=True)
    position = models.CharField(max_length=40, blank=True)
    living_area_m2 = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    usable_area_m2 = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    rooms = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    occupancy = models.CharField(max_length=10, choices=Occupancy, blank=True)

    # tenant and landlord
    units = models.ManyToManyField("self", through="Tenure", symmetrical=False, related_name="parties")
    kind = models.CharField(max_length=12, choices=PartyKind, blank=True)
    salutation = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=60, blank=True)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)
    further_emails = models.JSONField(default=list)
    phones = models.JSONField(default=list)
    """[{kind, e164, raw}]"""
    language = models.CharField(max_length=5, blank=True)
    contract_number = models.CharField(max_length=60, blank=True)
    contract_start = models.DateField(null=True)
    contract_end = models.DateField(null=True)
    role = models.CharField(max_length=12, choices=PartyRole, blank=True)
    share = models.CharField(max_length=40, blank=True)
    party_number = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "type", "external_id"], name="one_sub_property_per_external_id"
            ),
            models.CheckConstraint(
                condition=~Q(type="unit") | Q(property__isnull=False), name="a_unit_stands_in_a_property"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "updated_at", "id"], name="portfolio_sub_updated"),
            models.Index(fields=["organisation", "type", "id"], name="portfolio_sub_type"),
        ]


class Tenure(models.Model):
    """A tenant or landlord holds a unit."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(SubProperty, on_delete=models.CASCADE, related_name="tenures")
    unit = models.ForeignKey(SubProperty, on_delete=models.CASCADE, related_name="holders")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "unit"], name="one_tenure_per_party_and_unit")]
