"""Fixtures of the platform's tests."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database (``tools.test``) what asks none says the same as before: it is left out, and counted as such."""
    if not os.environ.get("GEWERK_TEST_DATABASE_ALONE"):
        return
    asks = [one.get_closest_marker("django_db") or _DATABASE & set(getattr(one, "fixturenames", ())) for one in items]
    config.hook.pytest_deselected(items=[one for one, asking in zip(items, asks, strict=True) if not asking])
    items[:] = [one for one, asking in zip(items, asks, strict=True) if asking]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    """A password hash is slow on purpose; hundreds of people in tests need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def factories() -> ModuleType:
    """The factories module (tests are imported by path, so it is loaded by path too)."""
    name = "gewerk_test_factories"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "factories" / "__init__.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
