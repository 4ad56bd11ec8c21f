"""The bilan as one A4 page that is handed on as it is."""

from typing import Any

from django.utils import timezone
from django.utils.text import Truncator

from common.pdf import write_pdf
from events.domain.report import charts
from events.domain.report.comparing import Bilan
from events.domain.report.presenting import key_figures, provisional
from events.domain.report.subject import Subject

# What one page holds, whatever the names and the numbers of lines.
TITLE, ORGANISATION, LABEL, MONTHS = 90, 90, 32, 13
LINES = {"professions": 7, "moments": 5, "cities": 4}
FEWER_LINES = {"professions": 5, "moments": 3, "cities": 3}
LONG_TITLE, LONG_NAME, LONG_NOTE, LONG_NUMBER = 28, 60, 120, 10_000
HERO = ("participations", "participants", "fill", "satisfaction")
LEFT = ("sessions", "places", "registrations", "minutes_offered", "minutes_attended", "returning", "women")
RIGHT = ("members", "non_members", "no_show", "withdrawn", "waited", "unseated", "response_rate")


def render_pdf(*, subject: Subject, bilan: Bilan) -> bytes:
    """A tagged PDF/UA-1 document of one A4 page."""
    return write_pdf(
        template="events/report_pdf.html",
        style="events/report_pdf.css",
        context=_context(subject, bilan),
        identifier=f"bilan {subject.title} {bilan.period.title}",
    )


def _context(subject: Subject, bilan: Bilan) -> dict[str, Any]:
    found = bilan.current
    figures = {each.key: each for each in key_figures(bilan)}
    today = timezone.localdate()
    said = provisional(bilan)
    title = Truncator(subject.title).chars(TITLE)
    organisation = Truncator(subject.organisation).chars(ORGANISATION)
    compact = (
        len(title) > (LONG_TITLE if said else LONG_TITLE + LONG_TITLE // 2)
        or len(said) > LONG_NOTE
        or len(organisation) > LONG_NAME
        or max(found.registrations, found.places) >= LONG_NUMBER
    )
    lines = FEWER_LINES if compact else LINES
    return {
        "organisation": organisation,
        "title": title,
        "long": len(title) > LONG_TITLE,
        "compact": compact,
        "bilan": bilan,
        "report": found,
        "running": bilan.period.runs(today),
        "provisional": said,
        "today": today,
        "hero": [figures[key] for key in HERO],
        "tables": [[figures[key] for key in keys] for keys in (LEFT, RIGHT)],
        "response_rate": figures["response_rate"],
        "columns": charts.columns(found, most_months=MONTHS),
        "professions": charts.professions(found, lines["professions"]),
        "moments": charts.moments(found, lines["moments"]),
        "cities": charts.cities(found, lines["cities"]),
        "label_length": LABEL,
    }
