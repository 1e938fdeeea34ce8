"""``simulate``: serves the simulated ERP until Ctrl-C."""

from pathlib import Path

import typer

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.cli.commands import Call, guarded
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.sim.dialects import KINDS
from gewerk_connect.sim.faults import Rate


def simulate(data: Path, host: str, port: int, rate: float, seed: int, dialects: str | None, language: str) -> None:
    """Prints ``ready http://...`` as soon as it listens; scripts wait for this line."""
    chosen = [kind.strip() for kind in dialects.split(",")] if dialects else list(KINDS)
    if unknown := [kind for kind in chosen if kind not in KINDS]:
        raise typer.BadParameter(f"{', '.join(unknown)} ({' '.join(KINDS)})", param_hint="--dialects")
    with guarded(Call(Path(), None, False, False, language)):
        try:
            erp = SimulatedErp(data, host=host, port=port, dialects=chosen)
        except OSError as error:
            raise SettingsError(
                "simulate_port",
                f"Auf {host}:{port} lässt sich nicht hören ({error.strerror}). Nehmen Sie einen anderen Port oder --port 0.",
                f"Cannot listen on {host}:{port} ({error.strerror}). Take another port or --port 0.",
            ) from error
        if rate:
            erp.simulator.faults.set_rate(Rate(rate, seed))
        with erp:
            typer.echo(f"ready {erp.url}")
            try:
                erp.wait()
            except KeyboardInterrupt:
                return
