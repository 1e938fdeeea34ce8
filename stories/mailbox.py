"""A mail server on loopback that keeps what arrives."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from stories.installation import free_port


class Mailbox(MessageHandler):
    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.arrived.append(message)

    def to(self, address: str) -> list[tuple[str, str]]:
        """(subject, text) of each mail to that address, in the order of arrival."""
        return [(_subject(one), _text(one)) for one in self.arrived if one["To"] == address]

    def wait_for(self, address: str, subject: str, *, count: int = 1, seconds: float = 60) -> str:
        """The text of the ``count``-th mail to the address whose subject holds these words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [text for said, text in self.to(address) if subject in said]
            if len(found) >= count:
                return found[count - 1]
            time.sleep(0.2)
        raise AssertionError(f"no mail “{subject}” to {address}; there are {[s for s, _ in self.to(address)]}")


def link_in(text: str, path: str) -> str:
    """The address in a mail that leads below ``path``."""
    found = re.search(rf"http://\S+{re.escape(path)}\S*", text)
    assert found, text
    return found[0]


@contextmanager
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """The mailbox and what ``GEWERK_SMTP_URL`` has to say."""
    box, port = Mailbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield box, f"smtp+plain://127.0.0.1:{port}"
    finally:
        server.stop()


def _subject(message: Message) -> str:
    return str(make_header(decode_header(message["Subject"])))


def _text(message: Message) -> str:
    body = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    payload = body.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
