"""What a mail server's refusal means: said in the log, final or not, or a server that is not there."""

import smtplib


def describe(error: Exception) -> str:
    """Class and SMTP code; the server's sentence often repeats the address."""
    code = _code(error)
    return type(error).__name__ + (f" {code}" if code else "")


def is_refused_for_good(error: Exception) -> bool:
    return isinstance(error, smtplib.SMTPRecipientsRefused) and (_code(error) or 0) >= 500


def is_unreachable(error: Exception | None) -> bool:
    if isinstance(error, smtplib.SMTPException):
        return isinstance(
            error,
            smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError,
        )
    return isinstance(error, OSError)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _reply in error.recipients.values()), None)
    return getattr(error, "smtp_code", None)
