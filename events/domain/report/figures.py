"""What a report holds."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from events.domain.report.groups import Group
from events.domain.report.shares import percent

UNKNOWN_PROFESSION = "Non renseignée"


@dataclass(slots=True)
class SessionFigures:
    """One session that was held. ``minutes`` is how long it lasted, ``attended`` what people spent there.

    ``settled`` once every sheet of it is closed; ``to_close`` when it is over and one is not.
    """

    pk: int
    title: str
    activity: int
    starts_at: datetime
    city: str
    modality: str
    capacity: int
    settled: bool
    to_close: bool
    minutes: int = 0
    attended: int = 0
    registrations: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    waited: int = 0
    unseated: int = 0
    participations: int = 0

    @property
    def no_show(self) -> int | None:
        """None until every sheet of the session is settled."""
        return self.confirmed - self.participations if self.settled else None


@dataclass(frozen=True)
class Report:
    """``None`` stands for a share of nothing, or a mean of fewer than five answers.

    ``expected`` people were confirmed at sessions whose sheets are all settled; ``absent`` ones of them
    did not come. ``waited`` registrations were ever on the waiting list, ``unseated`` ones never left it.
    ``ratings`` marks make the mean; ``answers`` were received from ``asked`` people.
    """

    sessions: int
    places: int
    participations: int
    participants: int
    women: int
    with_civility: int
    member_participations: int
    absent: int
    withdrawn: int
    satisfaction: Decimal | None
    ratings: int
    professions: list[Group] = field(default_factory=list)
    cancelled: int = 0
    registrations: int = 0
    expected: int = 0
    returning: int = 0
    waited: int = 0
    unseated: int = 0
    minutes_offered: int = 0
    minutes_attended: int = 0
    answers: int = 0
    asked: int = 0
    cities: list[Group] = field(default_factory=list)
    modalities: list[Group] = field(default_factory=list)
    hours: list[Group] = field(default_factory=list)
    lines: list[SessionFigures] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.sessions or self.cancelled)

    @property
    def to_close(self) -> list[SessionFigures]:
        """Those over whose sheets are not all closed, in their order: their figures may still change."""
        return [line for line in self.lines if line.to_close]

    @property
    def fill_percent(self) -> int | None:
        return percent(self.participations, self.places)

    @property
    def women_percent(self) -> int | None:
        return percent(self.women, self.with_civility)

    @property
    def non_member_participations(self) -> int:
        return self.participations - self.member_participations

    @property
    def non_member_percent(self) -> int | None:
        return percent(self.non_member_participations, self.participations)

    def as_json(self) -> dict[str, Any]:
        return {
            "sessions": self.sessions,
            "places": self.places,
            "participations": self.participations,
            "participants": self.participants,
            "fill_percent": self.fill_percent,
            "women_percent": self.women_percent,
            "member_participations": self.member_participations,
            "non_member_percent": self.non_member_percent,
            "satisfaction": None if self.satisfaction is None else float(self.satisfaction),
            "ratings": self.ratings,
            "absent": self.absent,
            "withdrawn": self.withdrawn,
            "professions": {
                each.label: {"participations": each.participations, "participants": each.participants}
                for each in self.professions
            },
        }
