"""What a run of the connector found, in the words of somebody who has to put it right."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.portfolio.models import IntegrationRun, RunStatus

ENTITIES = ("property", "unit", "landlord", "tenant")
"""In the order in which a run sends them."""
COUNTS = ("created", "updated", "archived", "unchanged", "held", "refused")

COUNT_TITLES: dict[str, Promise] = {
    "created": gettext_lazy("new"),
    "updated": gettext_lazy("changed"),
    "archived": gettext_lazy("archived"),
    "unchanged": gettext_lazy("unchanged"),
    "held": gettext_lazy("held back"),
    "refused": gettext_lazy("refused"),
}


@dataclass(frozen=True, slots=True)
class FindingWords:
    title: Promise
    to_do: Promise
    effect: str
    """``held`` (stays in the ERP until put right), ``left_out`` (stays in the ERP by rule) or ``sent`` (sent all the same)."""
    icon: str


FINDINGS: dict[str, FindingWords] = {
    "tenant_without_email": FindingWords(
        gettext_lazy("Tenant without a valid e-mail address"),
        gettext_lazy("Add the addresses in the ERP; the next run brings these tenants."),
        "left_out",
        "mail-x",
    ),
    "unit_without_building": FindingWords(
        gettext_lazy("Unit without building"),
        gettext_lazy("Create the building in the ERP or correct its number at the unit."),
        "held",
        "house",
    ),
    "broken_reference": FindingWords(
        gettext_lazy("Reference leads nowhere"),
        gettext_lazy("Create the missing unit or partner in the ERP, or correct the number."),
        "held",
        "unplug",
    ),
    "invalid_date": FindingWords(
        gettext_lazy("Impossible date"),
        gettext_lazy("Correct start or end of the contract in the ERP."),
        "held",
        "calendar-x",
    ),
    "conflicting_rows": FindingWords(
        gettext_lazy("Two rows with one number and different content"),
        gettext_lazy("Decide in the ERP which row holds, and remove the other."),
        "held",
        "git-compare",
    ),
    "id_collision": FindingWords(
        gettext_lazy("Two records with the same composite id"),
        gettext_lazy("Choose another separator in the connector's settings."),
        "held",
        "equal",
    ),
    "parent_held": FindingWords(
        gettext_lazy("Depends on a record held back"),
        gettext_lazy("Put right the record that it depends on; this one follows by itself."),
        "held",
        "link",
    ),
    "partial_contract": FindingWords(
        gettext_lazy("Contract with a missing unit"),
        gettext_lazy("Create the missing unit in the ERP; the contract was sent with the others."),
        "sent",
        "unplug",
    ),
    "unmapped_usage": FindingWords(
        gettext_lazy("Usage not mapped"),
        gettext_lazy("Map the value to a usage in the connector's table; until then it counts as “other”."),
        "sent",
        "shapes",
    ),
    "house_number_missing": FindingWords(
        gettext_lazy("Address without house number"),
        gettext_lazy("Check the street line in the ERP; it was sent whole."),
        "sent",
        "map-pin",
    ),
    "separator_in_key": FindingWords(
        gettext_lazy("Number contains the separator"),
        gettext_lazy("Choose a separator that occurs in no number, before going live."),
        "sent",
        "minus",
    ),
    "unknown_client": FindingWords(
        gettext_lazy("Client is not in the source"),
        gettext_lazy("Check the client numbers in the connector's settings."),
        "left_out",
        "search",
    ),
    "unknown_object": FindingWords(
        gettext_lazy("Object is not in the source"),
        gettext_lazy("Check the object numbers in the connector's settings."),
        "left_out",
        "search",
    ),
    "unmapped_value": FindingWords(
        gettext_lazy("Code not known"),
        gettext_lazy("Add the code (kind of contract, role, kind of partner) to the connector's mapping file."),
        "held",
        "circle-help",
    ),
    "missing_key": FindingWords(
        gettext_lazy("Row without a number"),
        gettext_lazy("Give the record its number in the ERP; without one it cannot be told from others."),
        "held",
        "tag",
    ),
    "invalid_number": FindingWords(
        gettext_lazy("Value is no number"),
        gettext_lazy("Correct area, rooms or year in the ERP; until then the field stays empty."),
        "sent",
        "ruler",
    ),
    "email_lost": FindingWords(
        gettext_lazy("Tenant lost the e-mail address"),
        gettext_lazy("Enter the address again in the ERP; the tenant is kept until then."),
        "sent",
        "mail-question-mark",
    ),
    "refused": FindingWords(
        gettext_lazy("Refused by Gewerk"),
        gettext_lazy("See the reason at the row; the next run tries again."),
        "held",
        "ban",
    ),
}

EFFECTS: dict[str, tuple[Promise, str]] = {
    "held": (gettext_lazy("held back"), "circle-pause"),
    "left_out": (gettext_lazy("not sent"), "minus"),
    "sent": (gettext_lazy("sent"), "check"),
}


def finding_words(code: str) -> FindingWords:
    """A code that is not known here (a newer connector) shows itself."""
    unknown = FindingWords(gettext_lazy("Other finding"), gettext_lazy("See the connector's report."), "sent", "info")
    return FINDINGS.get(code, unknown)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    code: str
    number: int
    words: FindingWords

    @property
    def effect(self) -> tuple[Promise, str]:
        return EFFECTS[self.words.effect]


def finding_groups(run: IntegrationRun) -> list[FindingGroup]:
    """What is to be done, the gravest first: held back, then not sent, then the rest."""
    weight = {"held": 0, "left_out": 1, "sent": 2}
    groups = [FindingGroup(code, int(n), finding_words(code)) for code, n in run.findings_by_code.items() if n]
    # The connector may count tenants without e-mail only among the skipped.
    left_out = int(run.skipped.get("tenant_without_email") or 0)
    if left_out and "tenant_without_email" not in run.findings_by_code:
        groups.append(FindingGroup("tenant_without_email", left_out, finding_words("tenant_without_email")))
    return sorted(groups, key=lambda g: (weight[g.words.effect], -g.number, g.code))


def count_of(counts: Mapping[str, Mapping[str, int]], entity: str, what: str) -> int:
    return int((counts.get(entity) or {}).get(what) or 0)


@dataclass(frozen=True, slots=True)
class CountRow:
    entity: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountTable:
    titles: tuple[Promise, ...]
    rows: tuple[CountRow, ...]
    sums: tuple[int, ...]


def count_table(run: IntegrationRun) -> CountTable:
    """The run's counts per entity; the column of refused records only where there are any."""
    shown = [w for w in COUNTS if w != "refused" or any(count_of(run.counts, e, w) for e in ENTITIES)]
    rows = tuple(CountRow(e, tuple(count_of(run.counts, e, w) for w in shown)) for e in ENTITIES)
    sums = tuple(sum(column) for column in zip(*(r.numbers for r in rows), strict=True))
    return CountTable(tuple(COUNT_TITLES[w] for w in shown), rows, sums)


def run_state(run: IntegrationRun) -> tuple[str, str, str]:
    """(kind of state, icon, word) of a run."""
    held = sum(count_of(run.counts, e, "held") + count_of(run.counts, e, "refused") for e in ENTITIES)
    if run.status == RunStatus.SUCCEEDED:
        if held:
            return "neutral", "circle-check", _("Finished, %(n)s records held back") % {"n": held}
        return "done", "circle-check", _("Finished")
    if run.status == RunStatus.STOPPED_BY_FUSE:
        return "danger", "circle-pause", _("Stopped by the fuse, nothing sent")
    if run.status == RunStatus.INTERRUPTED:
        return "danger", "circle-x", _("Interrupted, the next run completes it")
    return "danger", "circle-x", _("Failed")
