"""Tables of tickets: ``ticket`` is what was reported and its history, ``reporting`` how people report it."""

from gewerk.tickets.models.reporting import ReportDraft, ReportingSettings, ReportLink
from gewerk.tickets.models.ticket import (
    Channel,
    HistoryEntry,
    Origin,
    ReporterKind,
    Ticket,
    TicketCounter,
    Urgency,
    WaitingFor,
)

__all__ = [
    "Channel",
    "HistoryEntry",
    "Origin",
    "ReportDraft",
    "ReportLink",
    "ReporterKind",
    "ReportingSettings",
    "Ticket",
    "TicketCounter",
    "Urgency",
    "WaitingFor",
]
