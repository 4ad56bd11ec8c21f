"""Finding sessions by words: each word somewhere, in what the session says or what it belongs to."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import extract

from common.folding import LINKS, WORD, Holds, fold
from common.page_generation import kept
from events.models import ActivityPage, SessionRole, Theme
from events.models.session import SessionQuerySet

OF_A_SESSION = ("title", "description", "city", "place_name")
OF_AN_ACTIVITY = ("title", "summary", "audience", "organisation__name", "organisation__short_name")
# What corrections are taken from; descriptions only say that a word is right.
SAID = (
    "title",
    "city",
    "place_name",
    "activity__title",
    "activity__summary",
    "activity__organisation__name",
    "activity__organisation__short_name",
)
SHORTEST = 3


def search(sessions: SessionQuerySet, words: Iterable[str]) -> SessionQuerySet:
    for word in words:
        sessions = sessions.filter(_holding(word))
    return sessions


def corrected(sessions: SessionQuerySet, words: Sequence[str]) -> tuple[str, ...]:
    """``words`` with those that ``sessions``, what anybody sees to come, do not know replaced by the
    nearest that they do.

    Empty when nothing would change: there is no other question to ask.
    """
    known, everything = kept("search:words", lambda: _vocabulary(sessions))
    found = tuple(word if word in everything else _nearest(word, known) for word in words)
    return () if found == tuple(words) else found


def _vocabulary(sessions: SessionQuerySet) -> tuple[list[str], str]:
    """The words that a correction may be, and everything that is said."""
    rows = sessions.order_by().values_list(*SAID, "description")
    short, long = set[str](), set[str]()
    for *said, description in rows:
        short.update(said)
        long.add(description)
    short.update(Theme.objects.order_by().values_list("name", flat=True))
    short.update(_roles().values_list("name", flat=True).distinct())
    text = fold("\n".join(short))
    known = sorted({word for word in WORD.findall(text) if len(word) >= SHORTEST and word not in LINKS})
    return known, text + fold("\n".join(long))


def _holding(word: str) -> Q:
    about = Q(Holds(OF_AN_ACTIVITY, word)) | Q(
        themes__in=Theme.objects.filter(Holds(["name"], word)).order_by().values("pk")
    )
    activities = ActivityPage.objects.filter(about).order_by().values("pk")
    led = _roles().filter(Holds(["name"], word)).values("session")
    return Q(activity__in=activities) | Q(pk__in=led) | Q(Holds(OF_A_SESSION, word))


def _roles() -> QuerySet[SessionRole]:
    """Who leads what is still to come."""
    return SessionRole.objects.filter(session__ends_at__gt=timezone.now()).order_by()


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
