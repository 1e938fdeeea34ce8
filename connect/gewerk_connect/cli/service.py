"""``serve``: the service with its pages and its engine. ``worker``: the engine alone."""

from pathlib import Path

from gewerk_connect.cli.commands import Call, guarded


def serve(config: Path | None, language: str) -> None:
    from gewerk_connect.service.serve import serve as serve_it

    with guarded(Call(config or Path(), None, False, False, language)):
        serve_it(config)


def worker(config: Path | None, language: str) -> None:
    from gewerk_connect.service.configuration import load_configuration
    from gewerk_connect.service.worker import work

    with guarded(Call(config or Path(), None, False, False, language)):
        work(load_configuration(config))
