"""The results as a document: figures, charts with their numbers, texts."""

from django.utils import timezone

from common.pdf import write_pdf
from events.domain.results.asking import Results


def render_pdf(found: Results) -> bytes:
    """A tagged PDF/UA-1 document, as long as it needs."""
    asked = found.asked
    return write_pdf(
        template="events/survey_results_pdf.html",
        style="events/survey_results_pdf.css",
        context={"results": found, "asked": asked, "today": timezone.localdate()},
        identifier=f"avis {asked.title} {asked.period.title} {asked.moment}",
    )
