"""The settings of the spec's table as a form: from what is stored to fields, and from what was typed to ``Settings``."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from gewerk_connect.service.numbers import Numbers, find_numbers, split_numbers
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.said import Said
from gewerk_connect.settings import SEPARATORS, USAGES, Settings

CHECKS = ("main_tenants_only", "vacant_units", "economic_entities_as_groups", "economic_entity_as_property")
WHOLE = {"lead_days": 3660, "grace_days": 3660, "fuse_minimum": 1_000_000}
"""Field -> largest value."""
NUMBERS = ("clients", "objects")
LABELS: Mapping[str, Said] = {
    "separator": Said("Separator für zusammengesetzte IDs", "Separator for composite ids"),
    "clients": Said("Mandanten Nummern", "Client numbers"),
    "objects": Said("Objektnummern", "Object numbers"),
    "objects_gone": Said("Objekte, die es nicht mehr gibt", "Properties that are gone"),
    "main_tenants_only": Said("Nur Hauptmieter übertragen", "Send main tenants only"),
    "vacant_units": Said("Leere Einheiten übertragen", "Send vacant units"),
    "usages": Said("Nutzungen", "Usages"),
    "lead_days": Said("Vorlauf in Tagen", "Lead days"),
    "grace_days": Said("Nachlauf in Tagen", "Grace days"),
    "tenants_without_email": Said("Mieter ohne E-Mail-Adresse", "Tenants without an e-mail address"),
    "economic_entities_as_groups": Said(
        "Wirtschaftseinheiten als Objektgruppen", "Economic entities as property groups"
    ),
    "economic_entity_as_property": Said("Wirtschaftseinheit wird Objekt", "Economic entity becomes the property"),
    "floor_rule": Said("Regel für Etagen", "Rule for floors"),
    "country": Said("Land", "Country"),
    "fuse_percent": Said("Sicherung: Anteil in Prozent", "Fuse: share in percent"),
    "fuse_minimum": Said("Sicherung: Mindestzahl", "Fuse: minimum number"),
}
_TEXTS: Mapping[str, Said] = {
    "whole": Said(
        "{label}: Geben Sie eine ganze Zahl von 0 bis {most} ein.",
        "{label}: enter a whole number from 0 to {most}.",
    ),
    "percent": Said(
        "{label}: Geben Sie eine Zahl von 0 bis 100 ein, etwa 5 oder 2,5.",
        "{label}: enter a number from 0 to 100, such as 5 or 2.5.",
    ),
    "separator": Said("Wählen Sie einen Separator.", "Choose a separator."),
    "country": Said(
        "{label}: Zwei Großbuchstaben, etwa DE, AT oder GB.",
        "{label}: two capital letters, such as DE, AT or GB.",
    ),
    "ambiguous": Said(
        "{label}: {numbers} gibt es im ERP in mehreren Schreibweisen. Sagen Sie unten, welche gemeint ist.",
        "{label}: the ERP has several spellings of {numbers}. Say below which one is meant.",
    ),
    "unknown": Said(
        "{label}: {numbers} kennt Ihr ERP nicht. Prüfen Sie die Schreibweise oder bestätigen Sie unten, dass es sie noch"
        " geben wird.",
        "{label}: your ERP does not know {numbers}. Check the spelling, or confirm below that they are still to come.",
    ),
    "too_long": Said(
        "{label}: Eine Nummer hat höchstens 64 Zeichen.",
        "{label}: a number has 64 characters at most.",
    ),
}


class Sent(Protocol):
    """What a visit says of a form (``door.Visit``)."""

    @property
    def language(self) -> str: ...
    def text(self, name: str) -> str: ...
    def texts(self, name: str) -> list[str]: ...


def values_of(settings: Mapping[str, Any], country: str | None) -> dict[str, Any]:
    """Fields as the page shows them, from what is stored, with the defaults of the spec."""
    whole = Settings.model_validate({"separator": "-", **({"country": country} if country else {}), **settings})
    stored = whole.model_dump(mode="json")
    values: dict[str, Any] = {name: "yes" if stored[name] else "" for name in CHECKS}
    values |= {name: str(stored[name]) for name in (*WHOLE, "tenants_without_email", "floor_rule", "country")}
    values |= {name: "\n".join(stored[name]) for name in (*NUMBERS, "objects_gone")}
    values["fuse_percent"] = f"{whole.fuse_percent:g}".replace(".", ",")
    values["usages"] = list(stored["usages"])
    values["separator"] = settings.get("separator", "")
    values["exact"] = sorted({*stored["clients"], *stored["objects"]}) if whole.exact_numbers else []
    return values


def typed(sent: Sent) -> dict[str, Any]:
    """What was typed, as it was typed: also kept as a draft."""
    texts = ("separator", "tenants_without_email", "floor_rule", "country", "fuse_percent", "objects_gone")
    typed = {name: sent.text(name) for name in (*CHECKS, *WHOLE, *NUMBERS, *texts)}
    return typed | {"usages": sent.texts("usages"), "exact": split_numbers(sent.text("exact"))}


def read_settings(
    sent: Sent, present: Mapping[str, Collection[str]], stored: Mapping[str, Any]
) -> tuple[Form, dict[str, Any], dict[str, Numbers]]:
    """The form, the settings where it has no errors, and what the numbers came to.

    ``present``: the source's own client and object numbers. What the page does not ask for stays as stored.
    """
    form = Form(typed(sent))
    settings = {name: value for name, value in stored.items() if name in ("usage_table", "floor_table")}
    settings["objects_gone"] = split_numbers(form.values["objects_gone"])

    def wrong(name: str, text: str, **values: object) -> None:
        label = LABELS[name].in_(sent.language)
        form.errors[name] = _TEXTS[text].in_(sent.language).format(label=label, **values)

    if form.values["separator"] in SEPARATORS:
        settings["separator"] = form.values["separator"]
    else:
        wrong("separator", "separator")
    settings |= {name: bool(form.values[name]) for name in CHECKS}
    for name, most in WHOLE.items():
        text = form.values[name]
        if text.isascii() and text.isdigit() and int(text) <= most:
            settings[name] = int(text)
        else:
            wrong(name, "whole", most=most)
    percent = _percent(form.values["fuse_percent"])
    if percent is None:
        wrong("fuse_percent", "percent")
    else:
        settings["fuse_percent"] = percent
    chosen = form.values["usages"]
    settings["usages"] = [] if set(chosen) >= set(USAGES) else [usage for usage in USAGES if usage in chosen]
    without = form.values["tenants_without_email"]
    settings["tenants_without_email"] = "send_without" if without == "send_without" else "skip"
    settings["floor_rule"] = "wodis-sigma" if form.values["floor_rule"] == "wodis-sigma" else "gewerk"
    country = form.values["country"].upper()
    if len(country) == 2 and country.isascii() and country.isalpha():
        settings["country"] = country
    else:
        wrong("country", "country")
    numbers = _numbers(sent, form, present, settings, wrong)
    return form, settings, numbers


def _numbers(
    sent: Sent, form: Form, present: Mapping[str, Collection[str]], settings: dict[str, Any], wrong: Any
) -> dict[str, Numbers]:
    found = {}
    settled = set(form.values["exact"])
    exact = False
    for name in NUMBERS:
        chosen = split_numbers(form.values[name])
        if any(len(number) > 64 for number in chosen):
            wrong(name, "too_long")
            continue
        for number in list(chosen):
            if meant := sent.texts(f"{name}_meant_{number}"):
                at = chosen.index(number)
                chosen[at : at + 1] = meant
                settled |= set(meant)
        form.values[name] = "\n".join(chosen)
        numbers = find_numbers(chosen, present[name], settled)
        found[name] = numbers
        exact = exact or numbers.several_spellings
        if numbers.ambiguous:
            wrong(name, "ambiguous", numbers=", ".join(numbers.ambiguous))
        elif numbers.unknown and not sent.text(f"{name}_unknown"):
            wrong(name, "unknown", numbers=", ".join(numbers.unknown[:10]))
        settings[name] = [*numbers.meant, *numbers.unknown]
    form.values["exact"] = sorted(settled)
    settings["exact_numbers"] = exact
    return found


def _percent(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Names of the settings in which two people's entries differ."""
    before, after = (Settings.model_validate({"separator": "-", **one}) for one in (mine, theirs))
    return [name for name in LABELS if getattr(before, name) != getattr(after, name)]
