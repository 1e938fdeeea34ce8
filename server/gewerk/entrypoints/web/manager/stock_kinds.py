"""The lists of the stock side by side, as each of them links to the others."""

from typing import Any

from django.urls import reverse

from gewerk.entrypoints.web.manager import words


def stock_kinds(current: str) -> list[dict[str, Any]]:
    """Properties, units, tenants, owners, groups; ``current`` is the list's own kind."""
    lists = {
        "property": (words.KINDS_MANY["property"], reverse("properties")),
        "unit": (words.KINDS_MANY["unit"], f"{reverse('sub_properties')}?type=unit"),
        "tenant": (words.KINDS_MANY["tenant"], f"{reverse('sub_properties')}?type=tenant"),
        "landlord": (words.KINDS_MANY["landlord"], f"{reverse('sub_properties')}?type=landlord"),
        "property_group": (words.KINDS_MANY["property_group"], reverse("property_groups")),
    }
    return [{"label": label, "url": url, "active": kind == current} for kind, (label, url) in lists.items()]
