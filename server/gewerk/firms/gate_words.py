"""The gate in words: what a kind of evidence is called, and what stands in the way. One wording for firms, operator and managers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.catalogue.queries import NoCatalogue, catalogue_of
from gewerk.firms.gates import TRADE, MissingEvidence, Why

_WHY = {
    Why.TRADE_NOT_DONE: gettext_lazy("the firm does not work in this trade"),
    Why.NOT_SHOWN: gettext_lazy("not shown yet"),
    Why.REFUSED: gettext_lazy("refused: please send again"),
    Why.WAITING: gettext_lazy("is being checked"),
    Why.OTHER_TRADE: gettext_lazy("names another trade"),
    Why.SUM_TOO_LOW: gettext_lazy("the sum insured is too low"),
    Why.NOT_YET_VALID: gettext_lazy("does not hold yet"),
    Why.EXPIRED: gettext_lazy("expired"),
}


def kind_name(country: str, kind: str) -> str:
    """In the reader's language; an unknown kind is shown as it is."""
    if kind == TRADE:
        return _("Trade")
    try:
        return str(catalogue_of(country).evidence[kind].names)
    except (NoCatalogue, KeyError):
        return kind


def why_words(why: Why) -> str:
    return str(_WHY[why])


def missing_words(country: str, missing: MissingEvidence) -> str:
    """Kind and reason: ``Betriebshaftpflicht: abgelaufen``."""
    return f"{kind_name(country, missing.kind)}: {why_words(missing.why)}"
