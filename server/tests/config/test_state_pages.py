"""The pictures of the tables of states: every state and every step is on its page, in German, and nothing else."""

import importlib
import re
from pathlib import Path

import pytest
from django.utils import translation

from tools import state_pages

ROOT = Path(state_pages.__file__).resolve().parent.parent
TABLES = {"order": "projects", "ticket": "tickets", "visit": "scheduling"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_committed_page_is_that_of_the_table(name: str) -> None:
    table = importlib.import_module(f"gewerk.{TABLES[name]}.states")
    page = state_pages.pages()[f"{name}-states.md"]
    drawn = re.findall(r"^    (\S+) --> (\S+): (.+)$", page, re.MULTILINE)
    with translation.override("de"):
        wanted = [
            (source, step.target, str(step.title))
            for step in table.STEPS
            for source in ([one for one in table.State if one in step.sources] or ["[*]"])
        ]
        assert drawn == [(str(a), str(b), c) for a, b, c in wanted]
        assert {value: label for label, value in re.findall(r'state "(.+)" as (\S+)', page)} == {
            state.value: str(state.label) for state in table.State
        }
    assert set(re.findall(r"^    (\S+) --> \[\*\]$", page, re.MULTILINE)) == {str(one) for one in table.FINAL}
    assert page in (ROOT / "docs" / "reference" / f"{name}-states.md").read_text()
