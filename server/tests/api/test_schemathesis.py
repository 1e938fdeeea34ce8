"""Requests made up from the published schema, good and bad: no 5xx, no status, media type or shape that is not documented.

A few examples per operation; ``GEWERK_CAMPAIGN=large`` makes it hundreds.
"""

import os

import orjson
import pytest
import schemathesis
from gewerk.entrypoints.api.limits import windows
from gewerk.entrypoints.api.openapi import text_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as openapi_checks

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = 300 if os.environ.get("GEWERK_CAMPAIGN") == "large" else 6
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]


schema = schemathesis.openapi.from_dict(orjson.loads(text_of(VERSIONS[LATEST])))


@pytest.fixture
def objects(api, stock):
    """Something to find under every address."""
    (group,) = api.upsert("property-groups", {"external_id": "1-9", "name": "WE"})
    integration = api.post("/integrations", {"external_id": "c", "kind": "k", "name": "n"}).json()["id"]
    return {
        "properties": stock[0]["id"],
        "sub-properties": stock[2]["id"],
        "property-groups": group["id"],
        "integrations": integration,
    }


@pytest.fixture
def program(api, api_for, factories):
    """A firm's program: what begins with /firm is closed to the manager's."""
    return api_for(factories.firm(api.organisation))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_only_documented_answers(case, live_server, api, program, objects):
    windows.clear()
    resource = case.operation.path.split("/")[3]
    for name in case.path_parameters or {}:
        # Every second made-up id becomes one that exists, else nearly all would stop at 404.
        if name in ("record_id", "integration_id") and sum(map(ord, str(case.path_parameters[name]))) % 2:
            case.path_parameters[name] = objects[resource]
    wrong = {place for place, part in case.meta.components.items() if part.mode.is_negative}
    told = [*CHECKS]
    # Wrong headers and ids were replaced above and below; wrong bodies and queries must be refused. A batch is not: it
    # answers for each of its records.
    batch = case.operation.path.endswith(("/upsert", "/archive", "/rename"))
    if wrong and wrong <= {ParameterLocation.BODY, ParameterLocation.QUERY} and not batch:
        told.append(openapi_checks.negative_data_rejection)
    token = (program if resource == "firm" else api).token
    headers = {} if resource == "token" else {"Authorization": f"Bearer {token}"}
    case.call_and_validate(base_url=live_server.url, headers=headers, checks=told)
