"""Finding sessions by words: each word somewhere, in what the session says or what it belongs to.

What is said of the sessions to come is read at once, folded in one piece and kept until something
changes: on both engines this costs less than asking the database for one word, and further words or
their correction cost next to nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Coalesce
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import extract

from common.folding import LINKS, WORD, fold, folded
from common.page_generation import kept
from common.visibility import open_to_all
from events.models import ActivityPage, Session

# What stands after it is described, not named.
DESCRIBED = "\x1f"
NOTHING = Value("")
OF_A_SESSION = ("title", "city", "place_name", Coalesce("roles__name", NOTHING), "description")
OF_AN_ACTIVITY = (
    "audience",
    "title",
    "summary",
    "organisation__name",
    "organisation__short_name",
    Coalesce("themes__name", NOTHING),
)
SHORTEST = 3


@dataclass(frozen=True)
class Said:
    """Folded: number, activity and text of each session, one that two lead twice; texts of activities."""

    sessions: Sequence[tuple[int, int, str]]
    activities: dict[int, str]

    def holding(self, words: Iterable[str]) -> set[int]:
        """The sessions that hold each of the folded ``words``, be it inside longer ones."""
        found = [self._holding(word) for word in words]
        return set.intersection(*found) if found else set()

    def _holding(self, word: str) -> set[int]:
        about = {key for key, text in self.activities.items() if word in text}
        return {key for key, activity, text in self.sessions if word in text or activity in about}


def everything_said() -> Said:
    """Of what anybody sees to come; some may be over by a minute."""
    return kept("search:said", _gathered)


def corrected(said: Said, words: Sequence[str]) -> tuple[str, ...]:
    """``words`` with those that no session holds replaced by the nearest that is said.

    Empty when nothing would change: there is no other question to ask.
    """
    wrong = [word for word in words if not said.holding([word])]
    known = kept("search:words", lambda: _known(said)) if wrong else []
    found = tuple(_nearest(word, known) if word in wrong else word for word in words)
    return () if found == tuple(words) else found


def _gathered() -> Said:
    about = _about()
    # Asked without its activity: the database reads what is to come from one end to the other.
    coming = Session.objects.filter(status=Session.Status.PUBLISHED).upcoming().order_by()
    rows = [row for row in coming.values_list("pk", "activity_id", *OF_A_SESSION) if row[1] in about]
    texts = folded(
        [
            f"{title}\n{city}\n{place}\n{leader}{DESCRIBED}{said}"
            for _key, _activity, title, city, place, leader, said in rows
        ]
    )
    return Said(
        sessions=[(row[0], row[1], text) for row, text in zip(rows, texts, strict=True)],
        activities=about,
    )


def _about() -> dict[int, str]:
    """What each activity that anybody sees says."""
    rows = open_to_all(ActivityPage.objects.order_by()).values_list("pk", *OF_AN_ACTIVITY)
    about: dict[int, list[str]] = {}
    for key, *said, theme in rows:
        about.setdefault(key, said).append(theme)
    return {key: fold("\n".join(named) + DESCRIBED + audience) for key, (audience, *named) in about.items()}


def _known(said: Said) -> list[str]:
    """The words of names and titles; those of descriptions are right, and no correction."""
    texts = {text.partition(DESCRIBED)[0] for _key, _activity, text in said.sessions}
    texts |= {said.activities[key].partition(DESCRIBED)[0] for _key, key, _text in said.sessions}
    found = set(WORD.findall("\n".join(texts)))
    return sorted(word for word in found if len(word) >= SHORTEST and word not in LINKS)


def _nearest(word: str, known: Sequence[str]) -> str:
    """The known word fewest typing errors away, whole or as the beginning of a longer one."""
    if len(word) < SHORTEST or word.isdigit():
        return word
    most = 1 if len(word) < 6 else 2
    near = extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=5)
    found = [(errors, -JaroWinkler.similarity(word, each), each) for each, errors, _at in near]
    if found:
        return min(found)[2]
    begun = sorted({each[: len(word)] for each in known if len(each) > len(word)})
    near = extract(word, begun, scorer=OSA.distance, score_cutoff=1, limit=5)
    found = [(0, -JaroWinkler.similarity(word, each), each) for each, _errors, _at in near]
    return min(found)[2] if found else word
