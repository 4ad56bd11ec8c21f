"""The bilan as one A4 page that is handed on as it is."""

from typing import Any

from django.utils import timezone
from django.utils.text import Truncator

from common.pdf import write_pdf
from events.domain.report import charts
from events.domain.report.comparing import Bilan
from events.domain.report.presenting import key_figures
from events.domain.report.subject import Subject

# What one page holds, whatever the names and the numbers of lines.
TITLE, ORGANISATION, LABEL = 90, 90, 32
PROFESSIONS, MOMENTS, CITIES = 9, 6, 4
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
    title = Truncator(subject.title).chars(TITLE)
    return {
        "organisation": Truncator(subject.organisation).chars(ORGANISATION),
        "title": title,
        "long": len(title) > TITLE // 2,
        "bilan": bilan,
        "report": found,
        "running": bilan.period.runs(today),
        "today": today,
        "hero": [figures[key] for key in HERO],
        "tables": [[figures[key] for key in keys] for keys in (LEFT, RIGHT)],
        "response_rate": figures["response_rate"],
        "columns": charts.columns(found)[-charts.MOST_MONTHS :],
        "professions": charts.professions(found, PROFESSIONS),
        "moments": charts.moments(found, MOMENTS),
        "cities": charts.cities(found, CITIES),
        "label_length": LABEL,
    }
