"""What a notice says, on a page and in a mail: what happened, why, what to do. Never a value of a record."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gewerk_connect.service.watch.notices import Notice


@dataclass(slots=True, frozen=True)
class Letter:
    subject: str
    happened: str
    todo: str


_WORDS: dict[str, tuple[Letter, Letter]] = {
    "failed": (
        Letter(
            "Abgleich fehlgeschlagen",
            "Der Abgleich vom {when} ist nicht durchgegangen: {reason}",
            "Was schon übertragen ist, bleibt; der nächste Lauf macht dort weiter. Beheben Sie den Grund und starten Sie den"
            " Abgleich neu, oder warten Sie den nächsten Lauf ab. Solange der Grund derselbe ist, melden wir ihn nicht noch"
            " einmal.",
        ),
        Letter(
            "Sync failed",
            "The sync of {when} did not go through: {reason}",
            "What has been sent stays; the next run goes on from there. Remove the reason and start the sync again, or wait for"
            " the next run. As long as the reason is the same we do not tell it again.",
        ),
    ),
    "fuse": (
        Letter(
            "Abgleich angehalten: zu viele Datensätze würden archiviert",
            "Die Sicherung hat den Abgleich vom {when} angehalten, bevor etwas gesendet wurde: Im Export fehlen ungewöhnlich"
            " viele Datensätze.",
            "Sehen Sie sich an, was archiviert würde. Ist der Export unvollständig, exportieren Sie neu. Stimmt er,"
            " bestätigen Sie auf der Seite mit Ihrem Namen; dann geht der Abgleich durch.",
        ),
        Letter(
            "Sync stopped: too many records would be archived",
            "The fuse stopped the sync of {when} before anything was sent: an unusual number of records is missing in the"
            " export.",
            "Look at what would be archived. If the export is incomplete, export it again. If it is right, confirm on the page"
            " with your name; then the sync goes through.",
        ),
    ),
    "silent": (
        Letter(
            "Seit {days} Tagen kein Abgleich",
            "Seit dem {when} ist kein Abgleich mehr gelaufen, obwohl der Zeitplan es vorsieht.",
            "Starten Sie den Abgleich von Hand. Beginnt er nicht, geben Sie dem Betreiber des Konnektors Bescheid.",
        ),
        Letter(
            "No sync for {days} days",
            "No sync has run since {when} although the schedule wants it.",
            "Start the sync by hand. If it does not begin, tell the operator of the connector.",
        ),
    ),
    "secret_old": (
        Letter(
            "Client-Geheimnis ist {days} Tage alt",
            "Das Client-Geheimnis dieser Anbindung wurde am {when} eingetragen.",
            "Rotieren Sie es im Ziel unter Konto > API-Schlüssel und tragen Sie das neue hier ein. Mit einer Überlappung"
            " stört das keinen Lauf.",
        ),
        Letter(
            "Client secret is {days} days old",
            "The client secret of this connection was entered on {when}.",
            "Rotate it in the target under Account > API keys and enter the new one here. With an overlap this disturbs no run.",
        ),
    ),
    "paused": (
        Letter(
            "Abgleich angehalten",
            "Die Anbindung ist seit dem {when} angehalten. Von selbst beginnt kein Lauf.",
            "Mit „Fortsetzen“ auf der Seite gilt der Zeitplan wieder.",
        ),
        Letter(
            "Sync paused",
            "The connection has been paused since {when}. No run begins by itself.",
            "With “Resume” on the page the schedule holds again.",
        ),
    ),
    "report": (
        Letter("Bericht: Abgleich abgeschlossen", "Der Abgleich vom {when} ist abgeschlossen.", ""),
        Letter("Report: sync finished", "The sync of {when} has finished.", ""),
    ),
}
_PAUSED_BY_ITSELF = (
    Letter(
        "Abgleich angehalten: Zugangsdaten abgelehnt",
        "Das Ziel nimmt das Client-Geheimnis nicht mehr an, vermutlich wurde es gewechselt. Die Anbindung hat sich deshalb am {when}"
        " angehalten; verloren geht nichts.",
        "Holen Sie im Ziel unter Konto > API-Schlüssel das aktuelle Client-Geheimnis und tragen Sie es auf der Seite ein. Der"
        " Abgleich geht dann von selbst weiter.",
    ),
    Letter(
        "Sync paused: credentials rejected",
        "The target no longer accepts the client secret, it was probably rotated. The connection paused itself on {when};"
        " nothing is lost.",
        "Get the current client secret in the target under Account > API keys and enter it on the page. The sync then goes on by"
        " itself.",
    ),
)


def letter(notice: Notice, language: str, zone: ZoneInfo) -> Letter:
    pair = _WORDS[notice.kind]
    if notice.kind == "paused" and notice.data.get("reason") == "credentials_rejected":
        pair = _PAUSED_BY_ITSELF
    words = pair[1 if language == "en" else 0]
    values = {
        "when": _when(notice.since.astimezone(zone), language),
        "days": notice.data.get("days", ""),
        "reason": notice.data.get(language) or notice.data.get("de") or notice.data.get("code") or "-",
    }
    return Letter(words.subject.format(**values), words.happened.format(**values), words.todo.format(**values))


def _when(moment: datetime, language: str) -> str:
    return moment.strftime("%d.%m.%Y, %H:%M Uhr" if language == "de" else "%d %B %Y, %H:%M")
