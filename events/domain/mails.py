"""The e-mail made of a message: safe headers, plain text, an invitation for the calendar."""

import hashlib
import re
from email.utils import formataddr, parseaddr
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from events.models import Message

# A mail carries one calendar per slot, each with a method of its own: kept, removed, left, replaced.
_CALENDAR = re.compile(r"BEGIN:VCALENDAR.*?END:VCALENDAR\r?\n?", re.DOTALL)
_METHOD = re.compile(r"^METHOD:([A-Z]+)", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_GAPS = re.compile(r"[^\S\u00a0\u202f]+")


def build(message: Message, *, html: str = "") -> EmailMultiAlternatives:
    """``message`` as it leaves; built anew at each try, with the same ``Message-ID``."""
    organisation = message.organisation
    mail = EmailMultiAlternatives(
        subject=one_line(message.subject),
        body=message.body,
        from_email=sender(organisation.short_name if organisation else ""),
        to=[message.recipient],
        reply_to=[organisation.email] if organisation else None,
        headers={"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
    )
    if html:
        mail.attach_alternative(html, "text/html")
    for rank, (name, method, calendar) in enumerate(_calendars(message)):
        # Mail programs answer the one alternative; the files serve those that ignore it.
        if rank == 0:
            mail.attach_alternative(calendar, f"text/calendar; method={method}")
        mail.attach(name, calendar.encode(), "application/ics")
    return mail


def _calendars(message: Message) -> list[tuple[str, str, str]]:
    """File name, method and text of each calendar; files of one kind are numbered."""
    found = []
    for text in _CALENDAR.findall(message.calendar):
        said = _METHOD.search(text)
        method = said[1] if said else message.calendar_method or "PUBLISH"
        found.append(("annulation" if method == "CANCEL" else "invitation", method, text))
    kinds = [kind for kind, *_ in found]
    return [
        (f"{kind}-{kinds[: rank + 1].count(kind)}.ics" if kinds.count(kind) > 1 else f"{kind}.ics", *rest)
        for rank, (kind, *rest) in enumerate(found)
    ]


def sender(name: str) -> str:
    """Our own address, under the name of the organisation that writes."""
    default_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((one_line(name) or default_name, address))


def message_id(key: str) -> str:
    """The same for every try, so that a mail program shows an accidental duplicate once."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{host()}>"


def host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def absolute(url: str) -> str:
    """``url`` as a mail or a calendar needs it; one that is already absolute stays."""
    return urljoin(f"{settings.BASE_URL}/", url)


def one_line(text: str) -> str:
    """``text`` fit for a header: no line break, no control character; a space that holds words stays."""
    return _GAPS.sub(" ", _CONTROLS.sub(" ", text)).strip()


def clean_text(text: str) -> str:
    """``text`` fit for a body, whatever a person typed in its parts."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
