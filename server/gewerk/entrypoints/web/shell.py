"""What every page's frame shows: navigation, who is logged in, which installation."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame."""
    return {"navigation": {"main": [], "below": []}}
