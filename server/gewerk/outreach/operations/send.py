"""Waiting mails leave by SMTP. At least once: see ``send_due_mails``."""

import logging
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from django.db import transaction

from gewerk.config.installation import installation
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import unlocked_by_others
from gewerk.outreach.smtp import connect

log = logging.getLogger("gewerk.outreach")

GIVE_UP_AFTER = timedelta(days=3)
"""From the promise; later a mail about a login or an invitation helps nobody."""

_WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240))
"""Between tries; the last one repeats, so three days hold about 23 tries."""


def send_due_mails(*, now: datetime, limit: int = 20) -> int:
    """Try up to ``limit`` due mails, one transaction each. Returns how many were sent.

    A mail is marked as sent in the transaction that holds its row while it is handed over. If the process is killed between
    the server's "250 OK" and the commit, the row still waits and the mail goes out a second time. Its Message-ID is made from the
    row's id and stays the same, so mail servers and programs can tell that it is one and the same mail. The other order (mark, then
    send) would lose mails instead.
    """
    settings = installation()
    if settings.demo or not settings.smtp_url:
        return 0
    due = Mail.objects.filter(sent_at__isnull=True, next_try_at__lte=now).order_by("next_try_at", "id")
    sent = 0
    for _round in range(limit):
        # Asked without a transaction first: an idle worker must not take SQLite's one write lock every second.
        if not due.exists():
            return sent
        with transaction.atomic():
            mail = unlocked_by_others(due).first()
            if mail is None:
                return sent
            sent += _try(mail, now=now)
    return sent


def _try(mail: Mail, *, now: datetime) -> bool:
    """Whether it was sent. A text that is sent or given up is not kept: it may hold a link that logs somebody in."""
    mail.tries += 1
    try:
        with connect(installation().smtp_url) as server:
            server.send_message(message(mail))
    except (smtplib.SMTPException, OSError) as failure:
        lasting = _is_lasting(failure)
        wait = _WAITS[min(mail.tries, len(_WAITS)) - 1]
        given_up = lasting or now + wait > mail.created_at + GIVE_UP_AFTER
        mail.next_try_at = None if given_up else now + wait
        mail.last_error = _reason(failure)
        log.warning("Mail %s was not sent (try %s): %s", mail.pk, mail.tries, mail.last_error)
        if given_up:
            mail.body, mail.calendar = "", b""
        mail.save(update_fields=["tries", "next_try_at", "last_error", "body", "calendar"])
        return False
    mail.sent_at, mail.next_try_at, mail.last_error = now, None, ""
    mail.body, mail.calendar = "", b""
    mail.save(update_fields=["tries", "sent_at", "next_try_at", "last_error", "body", "calendar"])
    return True


def _is_lasting(failure: Exception) -> bool:
    """The server refuses this recipient or this mail for good (5xx); trouble with the login or the line may pass."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return False
    return isinstance(failure, smtplib.SMTPDataError) and 500 <= failure.smtp_code < 600


def _reason(failure: Exception) -> str:
    """For the operator: kind and code, never the server's text, which repeats addresses."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _text in failure.recipients.values()})
        return f"recipient refused ({', '.join(map(str, codes))})"
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"{type(failure).__name__} ({failure.smtp_code})"
    return type(failure).__name__


def message(mail: Mail) -> EmailMessage:
    """The mail as it goes over the line (RFC 5322); Message-ID from the row's id."""
    sender = installation().mail_from
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = mail.recipient
    letter["Subject"] = mail.subject
    letter["Date"] = format_datetime(mail.created_at)
    letter["Message-ID"] = f"<{mail.pk}@{domain}>"
    # RFC 3834: no automatic answers, please.
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = mail.language
    letter.set_content(mail.body)
    if mail.calendar:
        letter.add_attachment(
            bytes(mail.calendar),
            maintype="text",
            subtype="calendar",
            filename="termin.ics",
            params={"charset": "utf-8"},
        )
    return letter
