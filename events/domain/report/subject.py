"""What a report is about, and the line that its export leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from wagtail.log_actions import log

from events.domain.report.comparing import Bilan
from events.models import ActivityPage
from members.models import Organisation, User


@dataclass(frozen=True)
class Subject:
    """``title`` is « Café des Soignants », the programme's name, « Tous les dispositifs »…"""

    title: str
    activities: Sequence[ActivityPage]

    @property
    def organisations(self) -> list[Organisation]:
        """Each once, in the order of their names; the activities come with theirs."""
        found = {activity.organisation_id: activity.organisation for activity in self.activities}
        return sorted(found.values(), key=lambda each: (each.name, each.pk))

    @property
    def organisation(self) -> str:
        """Who hands in the report."""
        names = [each.name for each in self.organisations]
        return names[0] if len(names) == 1 else f"{len(names)} structures"


def note_export(*, subject: Subject, bilan: Bilan, kind: str, by: User) -> None:
    """Say in the journal of each organisation that its figures were taken away, by whom and for when."""
    period = [day.isoformat() if day else None for day in (bilan.period.since, bilan.period.until)]
    for organisation in subject.organisations:
        own = [each.pk for each in subject.activities if each.organisation_id == organisation.pk]
        log(
            instance=organisation,
            action="escale.export_report",
            user=by,
            data={"kind": kind, "activities": own, "period": period},
        )
