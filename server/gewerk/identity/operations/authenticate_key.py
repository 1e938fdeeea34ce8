"""Client id and client secret to the key they belong to."""

import hmac
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import ApiKey, ApiSecret
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.kit.secrets import decrypt


class WrongCredentials(Refusal):
    """One answer for every cause (spec 02, token)."""

    kind = RefusalKind.UNAUTHENTICATED
    code = "invalid_credentials"
    message = _("Client id or client secret is wrong. After a rotation use the new secret from Account > API keys.")


def authenticate_key(*, client_id: str, client_secret: str, now: datetime) -> ApiKey:
    """The key, when one of its live secrets (two during an overlap) is ``client_secret``; else raises ``WrongCredentials``."""
    secrets = list(
        ApiSecret.objects.filter(key__client_id=client_id, key__deleted_at__isnull=True, revoked_at__isnull=True)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))
        .select_related("key")
    )
    # Compare all, and once in vain when there are none: the time tells nothing.
    matches = [s for s in secrets if hmac.compare_digest(decrypt(s.sealed).encode(), client_secret.encode())]
    if not secrets:
        hmac.compare_digest(client_secret.encode(), client_id.encode())
    if not matches:
        raise WrongCredentials
    key = matches[0].key
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
