"""What the living style page shows: the tokens as the style sheets have them, and things to show them on."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from common.blocks import content_blocks
from events.models import ActivityPage, EventPage, Session
from events.models.activity import Hue
from members.models import Organisation

STATIC = Path(settings.BASE_DIR) / "site" / "static" / "escale"
TOKEN = re.compile(r"--([\w-]+):\s*(light-dark\(\s*(#\w+),\s*(#\w+)\s*\)|(#\w+));")
# Which words stand on which ground; 4.5 is what WCAG asks for them.
PAIRS = (
    ("ink", "sand"), ("ink", "paper"), ("ink", "foam"), ("ink-soft", "sand"), ("ink-soft", "paper"),
    ("ink-soft", "foam"), ("sea", "sand"), ("sea", "paper"), ("sea-strong", "foam"), ("on-sea", "sea"),
    ("on-sea", "sea-strong"), ("buoy", "sand"), ("buoy", "paper"), ("buoy", "buoy-soft"), ("ink", "sun-soft"),
    ("night-ink", "night"), ("night", "sun"),
)  # fmt: skip
ENOUGH = 4.5


ORGANISATION = Organisation(
    pk=1, name="CPTS Grand Havre", short_name="CPTS Grand Havre", email="contact@example.org"
)


@dataclass(frozen=True)
class Pair:
    """Words on a ground, and their contrast by day and by night."""

    text: str
    ground: str
    light: float
    dark: float

    @property
    def is_enough(self) -> bool:
        return min(self.light, self.dark) >= ENOUGH


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour of ``tokens.css``, light and dark."""
    css = (STATIC / "css" / "tokens.css").read_text()
    return {name: (light or one, dark or one) for name, _, light, dark, one in TOKEN.findall(css)}


def contrasts() -> list[Pair]:
    known = tokens()
    return [
        Pair(text, ground, *(contrast(known[text][n], known[ground][n]) for n in (0, 1)))
        for text, ground in PAIRS
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dim, bright = sorted((_luminance(one), _luminance(other)))
    return round((bright + 0.05) / (dim + 0.05), 2)


@cache
def icons() -> tuple[str, ...]:
    return tuple(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))


def shown_sessions() -> list[Session]:
    """One in each state of a card; none is in the database."""
    facts: list[dict[str, Any]] = [
        {"title": "Cohérence cardiaque", "seats_taken": 9},
        {"title": "Repérer, aborder, donner des appuis", "seats_taken": 14, "waiting": 3},
        {"title": "Formation « Leader »", "opens_at": timezone.now() + timedelta(days=4)},
        {"title": "Marcher ensemble", "status": Session.Status.CANCELLED},
    ]
    return [_session(n, hue, **each) for n, (hue, each) in enumerate(zip(Hue.values, facts, strict=True))]


def shown_blocks() -> list[tuple[str, Any]]:
    """Each block of content with the example that the editor's picker shows; the rest asks the database."""
    chosen = [(name, block) for name, block in content_blocks() if name != "files"]
    return [(name, block.bind(block.normalize(block.get_preview_value()))) for name, block in chosen]


def shown_agreements(prefix: str) -> list[dict[str, Any]]:
    words = ("J’accepte de recevoir les nouvelles.", "J’accepte d’être photographié·e.")
    return [
        {"name": f"{prefix}-{n}", "organisation": ORGANISATION, "wording": each, "standing": None}
        for n, each in enumerate(words)
    ]


def _session(n: int, hue: str, **facts: Any) -> Session:
    start = timezone.now() + timedelta(days=9 * (n + 1))
    activity: ActivityPage = EventPage(title="Café des Soignants", hue=hue, organisation=ORGANISATION)
    common = {"status": Session.Status.PUBLISHED, "city": "Le Havre", "capacity": 14}
    return Session(
        pk=n + 1, activity=activity, starts_at=start, ends_at=start + timedelta(hours=2), **(common | facts)
    )


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
