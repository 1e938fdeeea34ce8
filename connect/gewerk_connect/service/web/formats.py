"""How numbers, days and times read, in German and English; moments in the organisation's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {
    "de": (("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")),
    "en": (("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
}


@dataclass(frozen=True, slots=True)
class Formats:
    language: str
    zone: ZoneInfo
    now: datetime

    @property
    def german(self) -> bool:
        return self.language != "en"

    def number(self, value: float | int, places: int = 0) -> str:
        """``1.169`` or ``1,169``; with places ``64,35``."""
        text = f"{value:,.{places}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.german else text

    def percent(self, value: float) -> str:
        """Of 100, with one place: ``5,0 %``."""
        return f"{self.number(value, 1)}\u00a0%"

    def day(self, value: date) -> str:
        return f"{value:%d.%m.%Y}" if self.german else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"

    def weekday(self, number: int) -> str:
        """Of Monday = 0."""
        return _WEEKDAYS["de" if self.german else "en"][number]

    def time(self, value: datetime) -> str:
        text = f"{value.astimezone(self.zone):%H:%M}"
        return f"{text} Uhr" if self.german else text

    def moment(self, value: datetime) -> str:
        """``22.11.2026, 08:04 Uhr``."""
        return f"{self.day(value.astimezone(self.zone).date())}, {self.time(value)}"

    def when(self, value: datetime) -> str:
        """``heute, 08:04 Uhr``, ``gestern ...``, the weekday for the coming week, else the day."""
        local = value.astimezone(self.zone).date()
        today = self.now.astimezone(self.zone).date()
        names = {0: ("heute", "today"), -1: ("gestern", "yesterday"), 1: ("morgen", "tomorrow")}
        distance = (local - today).days
        if distance in names:
            return f"{names[distance][0 if self.german else 1]}, {self.time(value)}"
        if 1 < distance < 7:
            return f"{self.weekday(local.weekday())}, {self.moment(value)}"
        return self.moment(value)

    def seconds(self, seconds: float) -> str:
        return self.length(timedelta(seconds=seconds))

    def length(self, span: timedelta) -> str:
        """``1 Minute 52 Sekunden``; the two largest units."""
        seconds = round(span.total_seconds())
        if seconds < 1:
            return "weniger als eine Sekunde" if self.german else "less than a second"
        parts = (seconds // 3600, seconds % 3600 // 60, seconds % 60)
        words = _UNITS["de" if self.german else "en"]
        said = [f"{count} {words[at][count != 1]}" for at, count in enumerate(parts) if count]
        return " ".join(said[:2])
