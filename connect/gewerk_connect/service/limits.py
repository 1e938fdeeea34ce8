"""How much at once, and how patient: ``[engine]`` of the service's configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Counts hold for the whole installation unless they say otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs_per_worker: Annotated[int, Field(ge=1, le=1000)] = 50
    """Runs that a worker looks after at once; looking after one costs next to nothing."""
    reads_per_worker: Annotated[int, Field(ge=1, le=16)] = 1
    """Sources that a worker reads and compares at once: this is what takes memory and processor."""
    reads_per_erp: Annotated[int, Field(ge=1, le=16)] = 1
    """Runs that read from one ERP (its host, or the folder of its export) at once."""
    sends_per_worker: Annotated[int, Field(ge=1, le=64)] = 2
    """Parts of runs that a worker sends at once."""
    sends_per_target: Annotated[int, Field(ge=1, le=64)] = 4
    """Parts of runs that are sent to one target (its host) at once."""
    silence_seconds: Annotated[float, Field(ge=1.0, le=600.0)] = 15.0
    """A worker without a sign of life for so long is taken for dead and its work given to others."""
    give_up_seconds: Annotated[float, Field(ge=1.0, le=86_400.0)] = 900.0
    """How long a target that does not answer, or asks to wait, is waited for before the run ends."""
    drain_seconds: Annotated[float, Field(ge=0.0, le=600.0)] = 30.0
    """How long a worker that is told to end may finish what it has in hand."""
    poll_seconds: Annotated[float, Field(ge=0.05, le=10.0)] = 0.5
    """How often a worker looks for work."""
