"""``python -m stories.routes``: every named route of the pages as JSON ``[{name, path, parameters}]``."""

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")


def _walk(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[dict[str, Any]]:
    from django.urls import URLPattern

    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if pattern.name and not path.startswith("api/"):
                parameters = re.findall(r"<(?:\w+:)?(\w+)>", path)
                yield {"name": f"{space}{pattern.name}", "path": f"/{path}", "parameters": parameters}
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)


def main() -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.urls import get_resolver

    return list(_walk(get_resolver().url_patterns))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
