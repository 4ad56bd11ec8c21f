"""Whether the mail that hands over a link to the attendees still makes sense when it leaves."""

from events.access import live_attendee_links
from events.models import AttendeeLink, Message

KIND = "attendee_link"


def key_of(link: AttendeeLink) -> str:
    """One mail per address that the link has had."""
    return f"{KIND}:{link.pk}:{link.version}"


def still_applies(message: Message) -> bool:
    """The address in it opens the list, and belongs to the one who reads."""
    _kind, pk, version = message.key.split(":")
    links = live_attendee_links().filter(pk=int(pk), version=int(version))
    return links.filter(role__user__email=message.recipient).exists()
