"""/api/docs: the published schema as a page to read; no script, nothing from elsewhere."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gewerk.entrypoints.api.openapi import schema_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    form: str
    required: bool
    description: str
    link: str


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    schema = schema_of(VERSIONS[LATEST])
    return render(request, "api/docs.html", {"version": LATEST, "groups": _groups(schema), "shapes": _shapes(schema)})


def _groups(schema: Any) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    # A long path breaks after a slash on a phone.
                    "parts": path.removeprefix("/").split("/"),
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "parameters": [_parameter(one) for one in operation.get("parameters", [])],
                    "bodies": [
                        _shown(media, one) for media, one in operation.get("requestBody", {}).get("content", {}).items()
                    ],
                    "answers": [_answer(status, one) for status, one in operation["responses"].items()],
                }
            )
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _parameter(parameter: Any) -> Field:
    form, link = _form(parameter["schema"])
    place = f" ({parameter['in']})" if parameter["in"] != "query" else ""
    return Field(parameter["name"] + place, form, parameter["required"], parameter.get("description", ""), link)


def _answer(status: str, response: Any) -> dict[str, Any]:
    content = response.get("content", {})
    media = next(iter(content), "")
    return {"status": status, **(_shown(media, content[media]) if media else {})}


def _shown(media: str, content: Any) -> dict[str, str]:
    form, link = _form(content["schema"])
    return {"media": media, "form": form, "link": link}


def _shapes(schema: Any) -> list[dict[str, Any]]:
    shapes = []
    for name, shape in schema["components"]["schemas"].items():
        required = set(shape.get("required", []))
        fields = [
            Field(field, _form(details)[0], field in required, details.get("description", ""), _form(details)[1])
            for field, details in shape.get("properties", {}).items()
        ]
        shapes.append(
            {"name": name, "description": shape.get("description", ""), "fields": fields, "form": _form(shape)[0]}
        )
    return shapes


def _form(schema: Any) -> tuple[str, str]:
    """How a value looks, in a few words, and the shape that it refers to."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return name, name
    for union in ("anyOf", "oneOf"):
        if union in schema:
            forms = [_form(one) for one in schema[union]]
            return " | ".join(dict.fromkeys(form for form, _ in forms)), next((link for _, link in forms if link), "")
    if "const" in schema:
        return f'"{schema["const"]}"', ""
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"]), ""
    kind = schema.get("type", "")
    if kind == "array":
        form, link = _form(schema.get("items", {}))
        return f"[{form}]", link
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        form, link = _form(schema["additionalProperties"])
        return f"{{text: {form}}}", link
    words = {"string": "text", "integer": "int", "number": "number", "boolean": "true | false"}
    text = schema.get("format") or words.get(kind, kind)
    if "maxLength" in schema:
        text += f" ≤ {schema['maxLength']}"
    return text, ""
