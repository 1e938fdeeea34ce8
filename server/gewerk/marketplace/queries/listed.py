"""The lists of requests, a page at a time: a manager's own, and to what a firm was invited. Records to look at, not to change."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload
from uuid import UUID

from django.db.models import CharField, Count, Model, QuerySet, UUIDField

from gewerk.identity.access import require, sees_orders
from gewerk.journal.actor import Actor
from gewerk.kit.kept import KeptCounts
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, Prepared, PreparedBy, prepared
from gewerk.marketplace.access import invited, own_quotes, requests_of, require_market
from gewerk.marketplace.models import Invitation, QuoteRequest
from gewerk.marketplace.states import QuoteState

Record = TypeVar("Record", bound=Model)
_counts = KeptCounts()
_counted, _paged = PreparedBy(), PreparedBy()


class Listed(Sequence[Record]):
    """For a paginator. A count, and two queries a page: the ids in their order, then what the list shows of them."""

    def __init__(
        self,
        form: tuple[Any, ...],
        build: Callable[[], QuerySet[Any]],
        records: Prepared[Any],
        values: dict[str, Any],
        *,
        owner: str,
    ) -> None:
        """``form`` tells which query ``build`` makes, ``values`` are what is given to it; it finds rows of one ``owner`` (a field)."""
        self._form, self._build, self._records, self._values, self._owner = form, build, records, values, owner

    def __len__(self) -> int:
        return _counts.get((self._form, *self._values.values()), self._count)["all"]

    def _count(self) -> dict[str, int]:
        asked = _counted.of(self._form, self._all)
        return {"all": sum(row["n"] for row in asked(**self._values))}

    def _all(self) -> QuerySet[Any]:
        counted: QuerySet[Any] = self._build().order_by().values(self._owner).annotate(n=Count("pk"))
        return counted

    @overload
    def __getitem__(self, part: int) -> Record: ...

    @overload
    def __getitem__(self, part: slice) -> list[Record]: ...

    def __getitem__(self, part: int | slice) -> Record | list[Record]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        asked = _paged.of((self._form, part.start, part.stop), lambda: self._build().values_list("pk", flat=True)[part])
        ids = asked(**self._values)
        found = {one.pk: one for one in self._records.seen(ids=ids)}
        return [found[one] for one in ids if one in found]


_IDS = GivenMany("ids", UUIDField())
_ORGANISATION = Given("organisation", UUIDField())
_requests = prepared(
    lambda: (
        QuoteRequest.objects.filter(id__among=_IDS)
        .select_related("order")
        .only("title", "state", "deadline_at", "order__number")
    )
)
_invitations = prepared(
    lambda: (
        Invitation.objects.filter(id__among=_IDS)
        .select_related("request__organisation", "request__order__property")
        .only(
            *("state", "request__title", "request__state", "request__deadline_at", "request__organisation__name"),
            *("request__order__property__postcode", "request__order__property__city"),
        )
    )
)


def requests_listed(actor: Actor, state: str = "") -> Listed[QuoteRequest]:
    """The manager's, the last changed first; of one state, where one is named."""
    require(sees_orders(actor))
    client = actor.client_number or ""

    def build() -> QuerySet[Any]:
        rows = requests_of(_ORGANISATION, Given("client", CharField()) if client else "")
        return (rows.filter(state=Given("state", CharField())) if state else rows).order_by("-updated_at", "-id")

    values = {"organisation": actor.organisation_id, "client": client, "state": state}
    return Listed(("requests", bool(client), bool(state)), build, _requests, values, owner="organisation_id")


def invitations_listed(actor: Actor) -> Listed[Invitation]:
    """To what the acting firm was invited, the newest first."""
    require_market(actor)
    values = {"organisation": actor.organisation_id}

    def build() -> QuerySet[Any]:
        return invited(_ORGANISATION).order_by("-invited_at", "-id")

    return Listed(("invitations",), build, _invitations, values, owner="firm_id")


_own = prepared(
    lambda: (
        own_quotes(_ORGANISATION)
        .filter(invitation__id__among=_IDS)
        .exclude(state=QuoteState.REPLACED)
        .order_by("number")
        .values_list("invitation_id", "state")
    )
)


def own_answers(actor: Actor, listed: Sequence[Invitation]) -> dict[UUID, str]:
    """Invitation -> the state of the acting firm's own last quote. One query."""
    require_market(actor)
    return dict(_own(organisation=actor.organisation_id, ids=[one.pk for one in listed]))
