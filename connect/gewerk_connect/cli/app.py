"""Commands and options (spec 01, "For scripts"). The app is built per call, in the language that the call asks for."""

import io
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gewerk_connect.cli.help import HELP
from gewerk_connect.messages import language_from


def run_app() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character shows ? for it
            stream.reconfigure(errors="replace")
    language = _language(sys.argv[1:])
    if "--help" in sys.argv or "-h" in sys.argv:
        _translate_help(language)
    build(language)()


def _language(arguments: list[str]) -> str:
    """``--lang`` decides already how help is written, so it is looked for before anything is parsed."""
    for place, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else None
        if argument == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        if value in ("de", "en"):
            return value
    return language_from(os.environ)


def build(language: str) -> typer.Typer:
    def text(name: str) -> str:
        return HELP[name][1 if language == "en" else 0]

    app = typer.Typer(
        name="gewerk-connect",
        help=text("app"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )

    def parse_day(value: str) -> date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise typer.BadParameter(text("bad_day")) from None

    def parse_language(value: str) -> str:
        if value not in ("de", "en"):
            raise typer.BadParameter("de | en")
        return value

    def parse_separator(value: str) -> str:
        from gewerk_connect.settings import SEPARATORS

        if value not in SEPARATORS:
            raise typer.BadParameter(" ".join(SEPARATORS))
        return value

    Config = Annotated[Path, typer.Option("--config", "-c", help=text("config"), metavar=text("file"))]
    AsOf = Annotated[date | None, typer.Option("--as-of", help=text("as_of"), parser=parse_day, metavar=text("day"))]
    Json = Annotated[bool, typer.Option("--json", help=text("json"))]
    Strict = Annotated[bool, typer.Option("--strict", help=text("strict"))]
    Offline = Annotated[bool, typer.Option("--offline", help=text("offline"))]
    Whole = Annotated[bool, typer.Option("--whole", help=text("whole"))]
    Lang = Annotated[str, typer.Option("--lang", help=text("lang"), parser=parse_language, metavar="de|en")]

    @app.command("check-source", help=text("check-source"))
    def check_source(
        config: Config,
        as_of: AsOf = None,
        as_json: Json = False,
        strict: Strict = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands

        commands.check_source(commands.Call(config, as_of, as_json, strict, lang))

    @app.command("plan", help=text("plan"))
    def plan(
        config: Config,
        as_of: AsOf = None,
        offline: Offline = False,
        whole: Whole = False,
        examples: Annotated[int, typer.Option("--examples", min=0, help=text("examples"), metavar="N")] = 20,
        as_json: Json = False,
        strict: Strict = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands

        commands.plan(commands.Call(config, as_of, as_json, strict, lang), offline, whole, examples)

    @app.command("apply", help=text("apply"))
    def apply(
        config: Config,
        as_of: AsOf = None,
        confirm_fuse: Annotated[bool, typer.Option("--confirm-fuse", help=text("confirm_fuse"))] = False,
        offline: Offline = False,
        whole: Whole = False,
        as_json: Json = False,
        strict: Strict = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands

        commands.apply(commands.Call(config, as_of, as_json, strict, lang), offline, whole, confirm_fuse)

    @app.command("explain", help=text("explain"))
    def explain(
        entity: Annotated[str, typer.Argument(help=text("entity"), metavar="property|unit|landlord|tenant")],
        external_id: Annotated[str, typer.Argument(help=text("external_id"), metavar="ID")],
        config: Config,
        field: Annotated[str | None, typer.Argument(help=text("field"), metavar=text("field_name"))] = None,
        as_of: AsOf = None,
        as_json: Json = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands

        if entity not in ("property", "unit", "landlord", "tenant"):
            raise typer.BadParameter("property | unit | landlord | tenant", param_hint="entity")
        commands.explain(commands.Call(config, as_of, as_json, False, lang), entity, external_id, field)

    @app.command("report", help=text("report"))
    def report(
        config: Config,
        xlsx: Annotated[Path | None, typer.Option("--xlsx", help=text("xlsx"), metavar=text("file"))] = None,
        as_json: Json = False,
        strict: Strict = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands

        commands.report(commands.Call(config, None, as_json, strict, lang), xlsx)

    @app.command("forget", help=text("forget"))
    def forget(
        entity: Annotated[str, typer.Argument(help=text("entity"), metavar="tenant|landlord")],
        external_id: Annotated[str, typer.Argument(help=text("external_id"), metavar="ID")],
        config: Config,
        connection: Annotated[str | None, typer.Option("--connection", help=text("connection"), metavar="ID")] = None,
        as_json: Json = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands, housekeeping

        if entity not in ("tenant", "landlord"):
            raise typer.BadParameter("tenant | landlord", param_hint="entity")
        call = commands.Call(config, None, as_json, False, lang)
        if connection is None:
            housekeeping.forget(call, entity, external_id)
        else:
            housekeeping.forget_of_service(call, connection, entity, external_id)

    @app.command("tidy", help=text("tidy"))
    def tidy(config: Config, as_json: Json = False, lang: Lang = language) -> None:
        from gewerk_connect.cli import commands, housekeeping

        housekeeping.tidy(commands.Call(config, None, as_json, False, lang))

    @app.command("change-separator", help=text("change-separator"))
    def change_separator(
        config: Config,
        to: Annotated[str, typer.Option("--to", help=text("to"), parser=parse_separator, metavar="- _ . / |")],
        yes: Annotated[bool, typer.Option("--yes", help=text("yes"))] = False,
        connection: Annotated[str | None, typer.Option("--connection", help=text("connection"), metavar="ID")] = None,
        as_json: Json = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import commands, separator

        call = commands.Call(config, None, as_json, False, lang)
        if connection is None:
            separator.change_separator(call, to, yes)
        else:
            separator.change_separator_of_service(call, connection, to, yes)

    @app.command("serve", help=text("serve"))
    def serve(
        config: Annotated[
            Path | None, typer.Option("--config", "-c", help=text("service_config"), metavar=text("file"))
        ] = None,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import service

        service.serve(config, lang)

    @app.command("worker", help=text("worker"))
    def worker(
        config: Annotated[
            Path | None, typer.Option("--config", "-c", help=text("service_config"), metavar=text("file"))
        ] = None,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import service

        service.worker(config, lang)

    @app.command("sources", help=text("sources"))
    def sources(as_json: Json = False, lang: Lang = language) -> None:
        from gewerk_connect.cli import commands

        commands.sources(as_json, lang)

    @app.command("new-source", help=text("new-source"))
    def new_source(
        kind: Annotated[str, typer.Argument(help=text("new_source_kind"), metavar="NAME")],
        erp_name: Annotated[str | None, typer.Option("--name", help=text("new_source_name"), metavar="TEXT")] = None,
        into: Annotated[Path, typer.Option("--into", help=text("new_source_into"), metavar=text("path"))] = Path(),
        as_json: Json = False,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import new_source as making

        making.new_source(kind, erp_name, into, as_json, lang)

    @app.command("targets", help=text("targets"))
    def targets(as_json: Json = False, lang: Lang = language) -> None:
        from gewerk_connect.cli import commands

        commands.targets(as_json, lang)

    @app.command("simulate", help=text("simulate"))
    def simulate(
        data: Annotated[Path, typer.Option("--data", help=text("simulate_data"), metavar=text("path"))],
        host: Annotated[str, typer.Option("--host", help=text("simulate_host"), metavar="HOST")] = "127.0.0.1",
        port: Annotated[int, typer.Option("--port", min=0, max=65535, help=text("simulate_port"))] = 0,
        rate: Annotated[float, typer.Option("--rate", min=0, max=1, help=text("simulate_rate"))] = 0,
        seed: Annotated[int, typer.Option("--seed", min=0, help=text("simulate_seed"))] = 0,
        dialects: Annotated[str | None, typer.Option("--dialects", help=text("dialects"), metavar="A,B")] = None,
        lang: Lang = language,
    ) -> None:
        from gewerk_connect.cli import simulation

        simulation.simulate(data, host, port, rate, seed, dialects, lang)

    return app


def _translate_help(language: str) -> None:
    if language == "de":
        from typer import rich_utils

        rich_utils.OPTIONS_PANEL_TITLE = "Optionen"
        rich_utils.ARGUMENTS_PANEL_TITLE = "Angaben"
        rich_utils.COMMANDS_PANEL_TITLE = "Befehle"
        rich_utils.REQUIRED_LONG_STRING = "[nötig]"
        rich_utils.DEFAULT_STRING = "[Vorgabe: {}]"
