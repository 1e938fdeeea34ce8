"""Sends the mails of notices. Each has the same Message-ID however often it is tried, so that a mail server knows it again."""

import logging
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.ledger import RunRow, Runs, StoredFinding
from gewerk_connect.report.text import report_text
from gewerk_connect.report.workbook import SPREADSHEET, write_workbook
from gewerk_connect.service.configuration import Mail
from gewerk_connect.service.connections import ConnectionRow, Connections
from gewerk_connect.service.history import History
from gewerk_connect.service.installation import Service
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.watch.letters import letter
from gewerk_connect.service.watch.notices import Notice, Notices, Recipients

log = logging.getLogger("gewerk_connect.service.watch")

TIMEOUT_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def send_due(service: Service, connections: Connections, notices: Notices, now: Callable[[], datetime]) -> int:
    """Sends what is due and says how much that was. A mail server that does not answer is tried again later."""
    mail = service.configuration.smtp
    if mail is None:
        return 0
    sent = 0
    for notice in notices.claim_unmailed(now()):
        try:
            message = _message(service, connections, notices, notice, mail, now())
            if message is not None:
                with connect(mail.url) as server:
                    server.send_message(message)
                sent += 1
            notices.mailed(notice.id, now())
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail not sent (%s)", type(error).__name__, extra={"notice": notice.id})
            notices.try_later(notice, now())
        except LookupError:  # the connection has gone
            notices.mailed(notice.id, now())
    return sent


def connect(url: str) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the address says. Raises ``SettingsError``, OSError, SMTPException."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsError(
            "smtp_url_invalid",
            "[smtp] url muss so aussehen: smtp://name:passwort@host:587, smtps://... oder smtp+plain://...",
            "[smtp] url must look like this: smtp://user:password@host:587, smtps://... or smtp+plain://...",
        )
    port = parts.port or _PORTS[parts.scheme]
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(parts.hostname, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(parts.hostname, port, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme == "smtp":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _message(
    service: Service, connections: Connections, notices: Notices, notice: Notice, mail: Mail, now: datetime
) -> EmailMessage | None:
    """None: nobody wants to be told. Raises ``LookupError``."""
    row = connections.get(notice.connection_id)
    wanted = notices.recipients(row.id)
    to = wanted.addresses or mail.to
    if not to:
        return None
    language = wanted.language if wanted.addresses else service.configuration.language
    said = letter(notice, language, ZoneInfo(Schedule.of(row.schedule).zone))
    url = f"{service.configuration.base_url}/connections/{row.id}"
    run, findings = _run_of(service, row, notice)
    lines = [said.happened, said.todo]
    if run is not None:
        lines.append("\n".join(report_text(run, findings, (), row.name, language)))
    lines.append(_farewell(url, language))
    message = EmailMessage()
    message["Subject"] = " ".join(f"{said.subject} ({row.name})".split())
    message["From"] = mail.sender
    message["To"] = ", ".join(to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{notice.id}@{urlsplit(service.configuration.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(line for line in lines if line) + "\n")
    if run is not None:
        name = f"bericht-{run.as_of}.xlsx" if language == "de" else f"report-{run.as_of}.xlsx"
        maintype, _, subtype = SPREADSHEET.partition("/")
        content = _spreadsheet(run, findings, row.name, language)
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return message


def _run_of(service: Service, row: ConnectionRow, notice: Notice) -> tuple[RunRow | None, list[StoredFinding]]:
    """The run that the notice is about, where it came to an outcome."""
    run_id = notice.data.get("run")
    if not run_id:
        return None, []
    with History(service).store(row) as store:
        try:
            run = Runs(store).of(run_id)
        except LookupError:
            return None, []
        return (run, list(Runs(store).findings(run.no))) if run.outcome else (None, [])


def _spreadsheet(run: RunRow, findings: list[StoredFinding], name: str, language: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gewerk-report-") as folder:
        path = Path(folder) / "report.xlsx"
        write_workbook(path, run, findings, name, language)
        return path.read_bytes()


def _farewell(url: str, language: str) -> str:
    if language == "en":
        return f"The connection's page: {url}\n(Open it from Gewerk or your ERP if it asks for that.)"
    return f"Die Seite der Anbindung: {url}\n(Öffnen Sie sie aus Gewerk oder Ihrem ERP, wenn sie danach fragt.)"


__all__ = ["Recipients", "connect", "send_due"]
