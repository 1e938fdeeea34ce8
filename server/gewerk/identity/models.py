"""Tables of identity: organisations, people, memberships, invitations, API keys."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.kit.ids import new_id


class OrganisationKind(models.TextChoices):
    MANAGER = "manager", _("Property manager")
    FIRM = "firm", _("Tradesperson's firm")
    OWNER = "owner", _("Private owner")
    OPERATOR = "operator", _("Operator")


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    HOUSING_MANAGER = "housing_manager", _("Housing manager")
    HOUSING_OFFICER = "housing_officer", _("Housing officer")
    CARETAKER = "caretaker", _("Caretaker, in-house crew")
    FIRM = "firm", _("Firm: owner")
    DISPATCHER = "dispatcher", _("Firm: dispatcher")
    FITTER = "fitter", _("Firm: fitter")
    PRIVATE_OWNER = "private_owner", _("Private owner")
    TENANT = "tenant", _("Tenant")
    OPERATOR = "operator", _("Operator of the installation")


TEAM_ROLES = frozenset({Role.ADMIN, Role.FINANCE_OFFICER, Role.HOUSING_MANAGER, Role.HOUSING_OFFICER})
"""Roles of a property manager's office."""

MANAGING_ROLES = TEAM_ROLES | {Role.PRIVATE_OWNER}
"""Roles that see the stock of their organisation: a manager's office, and a private owner their own house or flat."""

FIRM_ROLES = frozenset({Role.FIRM, Role.DISPATCHER, Role.FITTER})
"""Roles inside a tradesperson's firm."""

ROLES_OF = {
    OrganisationKind.MANAGER: TEAM_ROLES | {Role.CARETAKER},
    OrganisationKind.FIRM: FIRM_ROLES,
    OrganisationKind.OWNER: frozenset({Role.PRIVATE_OWNER}),
    OrganisationKind.OPERATOR: frozenset({Role.OPERATOR}),
}
"""Which roles an organisation's own people may have. Tenants come through their tenant record."""


class Organisation(models.Model):
    """Everything belongs to one. Language, currency, time zone and address form follow the country."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, default="DE")
    language = models.CharField(max_length=5, default="de")
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=50, default="Europe/Berlin")
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Of two people filling in the first-operator page at the same time, exactly one wins.
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=OrganisationKind.OPERATOR), name="one_operator_organisation"
            )
        ]


class People(BaseUserManager["Person"]):
    """Django asks for a manager with ``get_by_natural_key``; e-mail addresses compare in lower case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody who can log in. What they may do stands in their memberships."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    salutation = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, blank=True)
    """Empty: the organisation's."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(null=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in (self.first_name, self.last_name) if part).upper() or self.email[0].upper()


class Membership(models.Model):
    """A person's role in an organisation. Ended, never deleted: the journal speaks of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    sub_property_id = models.UUIDField(null=True)
    """With role tenant: the tenant record through which access was granted."""
    ends_date = models.DateField(null=True)
    """Last day of access (a tenant's: the end of the lease)."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_live_membership_per_role",
            )
        ]


class Invitation(models.Model):
    """An invitation by mail. The link in it is signed from the id, so no usable token lies in the database."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    sub_property_id = models.UUIDField(null=True)
    ends_date = models.DateField(null=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class LoginLink(models.Model):
    """A link by mail that logs somebody in once, within 15 minutes; signed from the id like an invitation's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Scope(models.TextChoices):
    ALL = "all", _("Everything the pages can do")
    READ = "read", _("Read only")
    MASTER_DATA = "master_data", _("Master data only")
    FIRM = "firm", _("What the firm's office does")
    """The one scope of a tradesperson's firm, and of nobody else (``scopes_of``)."""


def scopes_of(kind: str) -> tuple["Scope", ...]:
    """Which keys an organisation of this kind may have."""
    if kind == OrganisationKind.FIRM:
        return (Scope.FIRM,)
    return (Scope.ALL, Scope.READ, Scope.MASTER_DATA)


class ApiKey(models.Model):
    """A program's access: one client id, one live secret (two during an overlap)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    client_id = models.CharField(max_length=60, unique=True)
    scope = models.CharField(max_length=20, choices=Scope, default=Scope.ALL)
    client_number = models.CharField(max_length=40, blank=True)
    """Limited to one client (Mandant) of the ERP; empty: all."""
    reminder_days = models.PositiveSmallIntegerField(default=90)
    """0 = never; else 30, 60, 90 or 180."""
    reminder_email = models.EmailField(blank=True)
    reminded_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    deleted_at = models.DateTimeField(null=True)


class ApiSecret(models.Model):
    """A client secret. It can be shown again, so it is kept encrypted, not hashed (``kit.secrets``)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField()
    prefix = models.CharField(max_length=12)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateTimeField(null=True)
    """Set by a rotation: the end of the overlap. Empty: the active secret."""
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(max_length=20, blank=True)
    """``reminder``, ``suspicion`` or ``planned``."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(valid_until__isnull=True, revoked_at__isnull=True),
                name="one_active_secret_per_key",
            )
        ]


class IdempotentAnswer(models.Model):
    """What a POST with an ``Idempotency-Key`` answered, for 24 hours."""

    id = models.BigAutoField(primary_key=True)
    key_id = models.UUIDField()
    idempotency_key = models.CharField(max_length=255)
    request_hash = models.BinaryField()
    """blake2b over method, path and body: another body under the same key is refused."""
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_id", "idempotency_key"], name="one_answer_per_idempotency_key")
        ]
