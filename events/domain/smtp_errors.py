"""What a mail server's refusal means: said in the log, final or not, or a server that is not there."""

import smtplib

TOO_LARGE = 552
HANGS_UP = 421  # « try later », and the line is closed


def describe(error: Exception) -> str:
    """Class and SMTP code; the server's sentence often repeats the address."""
    code = _code(error)
    return type(error).__name__ + (f" {code}" if code else "")


def is_refused_for_good(error: Exception) -> bool:
    """This address or this text will never pass; a refusal of ourselves is for the administration to mend."""
    code = _code(error) or 0
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return code >= 500
    return isinstance(error, smtplib.SMTPSenderRefused) and code == TOO_LARGE


def is_unreachable(error: Exception | None) -> bool:
    if isinstance(error, smtplib.SMTPException):
        return isinstance(
            error,
            smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError,
        )
    return isinstance(error, OSError)


def is_hung_up(error: Exception) -> bool:
    """The server ended the conversation, with or without a word; a silence is not an end."""
    return (
        _code(error) == HANGS_UP
        or isinstance(error, ConnectionError)
        or (isinstance(error, smtplib.SMTPServerDisconnected) and not _timed_out(error))
    )


def _timed_out(error: Exception) -> bool:
    return isinstance(error.__cause__ or error.__context__, TimeoutError)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _reply in error.recipients.values()), None)
    return getattr(error, "smtp_code", None)
