"""Who reports, through which entrance, about which place: a signed link or QR code, or a tenant's own access."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache

from gewerk.identity.access import require
from gewerk.identity.models import Organisation, Person, Role
from gewerk.journal.actor import Actor, by_link
from gewerk.portfolio.access_tenant import NoTenancy, Tenancy, tenancy_for
from gewerk.portfolio.models import Property, SubProperty
from gewerk.tickets.links import draft_of, draft_token, report_link_of
from gewerk.tickets.models import ReportDraft, ReportLink
from gewerk.tickets.operations.drafts import begin
from gewerk.tickets.operations.report import REPORTING, settings_of

_COOKIE = "gewerk_report"
_WEEK = 7 * 24 * 60 * 60
View = Callable[..., HttpResponseBase]


@dataclass
class Entrance:
    """``token`` is None for a tenant who is logged in."""

    organisation: Organisation
    token: str | None
    actor: Actor
    """The tenant, or whoever holds the link."""
    link: ReportLink | None = None
    person: Person | None = None
    tenancy: Tenancy | None = None
    draft: ReportDraft | None = None
    answers: dict[str, Any] = field(default_factory=dict)

    def url(self, step: str = "") -> str:
        if self.token is None:
            return reverse("tenant_report_step", args=[step]) if step else reverse("tenant_report")
        return reverse("report_step", args=[self.token, step]) if step else reverse("report_begin", args=[self.token])

    def photo_url(self, action: str, *rest: Any) -> str:
        """``action``: ``add``, ``remove``, ``show``."""
        route = f"report_photo_{action}"
        if self.token is None:
            return reverse(f"tenant_{route}", args=rest)
        return reverse(route, args=[self.token, *rest])

    @property
    def building(self) -> Property | None:
        """The one building that the link is for; a tenant chooses among their own."""
        return self.link.property if self.link else None

    @property
    def unit(self) -> SubProperty | None:
        return self.link.unit if self.link else None

    @property
    def phone(self) -> str:
        """Whom to call in an emergency."""
        return settings_of(self.organisation).emergency_phone or self.organisation.phone

    def keep_draft(self) -> ReportDraft:
        """The draft at hand, or a new one."""
        if self.draft is None:
            self.draft = begin(
                organisation=self.organisation,
                language=translation.get_language() or self.organisation.language,
                link=self.link,
                person_id=self.person.pk if self.person else None,
                now=timezone.now(),
            )
        return self.draft

    def remember(self, response: HttpResponseBase) -> HttpResponseBase:
        """The browser keeps which draft is its own; only below this entrance's address."""
        if self.draft is not None:
            response.set_cookie(
                _COOKIE,
                draft_token(self.draft),
                max_age=_WEEK,
                path=self.url(),
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def entering(view: View) -> View:
    """Around each page of the guided report: puts the ``Entrance`` in the place of the token. A revoked link says whom to call."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, token: str | None = None, **kwargs: Any) -> HttpResponseBase:
        entrance = _entrance(request, token)
        timezone.activate(ZoneInfo(entrance.organisation.time_zone))
        if entrance.link is not None and entrance.link.revoked_at is not None:
            context = {"entrance": entrance, "organisation_name": entrance.organisation.name}
            return render(request, "report/revoked.html", context, status=404)
        return view(request, entrance, **kwargs)

    return page


def _entrance(request: HttpRequest, token: str | None) -> Entrance:
    if token is None:
        actor = request.actor  # type: ignore[attr-defined]
        require(actor is not None and Role.TENANT in actor.roles)
        organisation = request.organisation  # type: ignore[attr-defined]
        try:
            tenancy = tenancy_for(actor, as_of=timezone.localdate())
        except NoTenancy:
            tenancy = None
        entrance = Entrance(organisation, None, actor, person=request.user, tenancy=tenancy)  # type: ignore[arg-type]
    else:
        link = report_link_of(token)
        entrance = Entrance(link.organisation, token, by_link(link.organisation_id, link.pk, REPORTING), link=link)
    draft = draft_of(request.COOKIES.get(_COOKIE, ""))
    if draft is not None and _is_own(draft, entrance):
        entrance.draft = draft
        entrance.answers = dict(draft.answers)
    return entrance


def _is_own(draft: ReportDraft, entrance: Entrance) -> bool:
    if entrance.link is not None:
        return draft.link_id == entrance.link.pk
    return entrance.person is not None and draft.person_id == entrance.person.pk
