"""Opens the target that a configuration names."""

import importlib
from types import ModuleType

from gewerk_connect.push import Shape, Target
from gewerk_connect.settings import TargetSettings
from gewerk_connect.targets.catalogue import manifest


def open_target(settings: TargetSettings, *, language: str) -> Target:
    """The target, not yet asked for anything. Raises ``SettingsError`` and ``TargetError``."""
    target: Target = _folder(settings).open_target(settings, *settings.credentials(), language=language)
    return target


def shape_of(settings: TargetSettings | None) -> Shape | None:
    """What the target can hold of a record; None when it holds all of it. Raises ``SettingsError``."""
    shape: Shape | None = _folder(settings).shape_of(settings) if settings is not None else None
    return shape


def _folder(settings: TargetSettings) -> ModuleType:
    return importlib.import_module(f"gewerk_connect.targets.{manifest(settings.kind).folder.name}.open")
