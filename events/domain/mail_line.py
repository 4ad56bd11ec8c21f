"""The line to the mail server: opened once for many messages, and again when the server let it go."""

import smtplib
from contextlib import suppress
from typing import Self

from django.core.mail import EmailMessage, get_connection

from events.domain import smtp_errors

# The server said no and is ready for the next message: the line stays.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


class MailLine:
    def __init__(self) -> None:
        self._connection = get_connection()
        self.is_open = False
        self._has_carried = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Raises what the server's absence, its greeting or its refusal of our password raise."""
        try:
            self._connection.open()
        except Exception:
            self.close()
            raise
        self.is_open, self._has_carried = True, False

    def send(self, mail: EmailMessage) -> None:
        """Raises if the server did not take it.

        Servers end a line after so many messages, or when it was silent for a while. That is not the
        fault of the message: it goes once more, over a new one.
        """
        has_carried = self._has_carried
        try:
            self._send(mail)
        except Exception as error:
            if not (has_carried and smtp_errors.is_hung_up(error)):
                raise
            self.open()
            self._send(mail)
        self._has_carried = True

    def close(self) -> None:
        """Whatever it says at the end: what it accepted is accepted."""
        self.is_open = False
        with suppress(OSError):
            self._connection.close()

    def _send(self, mail: EmailMessage) -> None:
        try:
            if self._connection.send_messages([mail]) != 1:
                raise smtplib.SMTPException
        except Exception as error:
            if not isinstance(error, REFUSALS) or smtp_errors.is_hung_up(error):
                self.close()
            raise
