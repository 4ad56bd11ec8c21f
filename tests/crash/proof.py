"""After the kills: let everything settle, then count what was promised and what came of it."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from events.domain.mails import message_id
from events.domain.upkeep import wrong_counters
from events.models import Message, Registration, Session
from tests.crash.stand import Stand

State = Message.State
PASSES = 60


@dataclass(frozen=True)
class Figures:
    """``held`` and ``running``: messages and tasks that dead workers held when the load stopped.

    ``web_workers``: how many the web server had in the end, having started again those that were killed.
    """

    killed_web: int
    killed_task: int
    servers_restarted: int
    web_workers: int
    retried: int
    refused: int
    acknowledged: int
    stored: int
    owed: int
    sent: int
    duplicates: int
    held: int
    running: int
    stuck: int

    def line(self) -> str:
        return " ".join(f"{name}={number}" for name, number in asdict(self).items())


def acknowledged(stand: Stand) -> list[tuple[int, str]]:
    lines = [line for file in stand.folder.glob("acknowledged-*") for line in file.read_text().splitlines()]
    return [(int(session), email) for session, email in (line.split() for line in lines)]


def received(stand: Stand) -> Counter[str]:
    file = stand.folder / "mails"
    return Counter(line.split()[0] for line in file.read_text().splitlines()) if file.exists() else Counter()


def settle(stand: Stand) -> tuple[int, int]:
    """The load and the workers end; then the leases of the dead run out and ``run_due`` passes.

    Only the clocks of leases are moved, in the database: ``locked_until``, ``next_try_at``, ``started_at``.
    Returns how many messages and tasks the dead still held.
    """
    (stand.folder / "stop").touch()
    for name, process in stand.running.items():
        if name.startswith("visitor"):
            process.wait(timeout=180)
    stand.end("task")
    stand.end("clock")
    held = Message.objects.filter(state=State.SENDING).count()
    running = DBTaskResult.objects.running().count()
    past = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(state=State.SENDING).update(locked_until=past)
    DBTaskResult.objects.running().update(started_at=past - timedelta(hours=2))
    for _ in range(PASSES):
        Message.objects.filter(state=State.QUEUED).update(next_try_at=past)
        stand.run("run_due")
        stand.run("db_worker", "--batch", "--no-startup-delay", "--no-reload", "--interval", "0")
        if not unsettled():
            break
    return held, running


def unsettled() -> int:
    """Messages not sent and tasks not done."""
    waiting = Message.objects.filter(state__in=(State.QUEUED, State.SENDING)).count()
    return waiting + DBTaskResult.objects.running().count() + DBTaskResult.objects.ready().count()


def figures(stand: Stand, held: int, running: int) -> Figures:
    told = [file.read_text().split() for file in stand.folder.glob("told-*")]
    stored = set(Registration.objects.values_list("session_id", "email"))
    mails = received(stand)
    promised = acknowledged(stand)
    return Figures(
        killed_web=stand.kills["web"],
        killed_task=stand.kills["task"],
        servers_restarted=stand.kills["server"],
        web_workers=len(stand.web_pids()),
        retried=sum(int(words[0]) for words in told),
        refused=sum(len(words) - 1 for words in told),
        acknowledged=len(promised),
        stored=len(set(promised) & stored),
        owed=Message.objects.count(),
        sent=len(mails),
        duplicates=mails.total() - len(mails),
        held=held,
        running=running,
        stuck=unsettled(),
    )


def assert_nothing_lost(stand: Stand, found: Figures) -> None:
    """Every promise kept, on both sides: nothing is missing and nothing was said that is not so."""
    _assert_all_stored(stand)
    _assert_seats_right()
    assert found.refused == 0, "A visitor was answered an error"
    assert found.stuck == 0, "A message or a task is stuck"
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
    ids = {message_id(key).split("@")[0] for key in Message.objects.values_list("key", flat=True)}
    assert {known.split("@")[0] for known in received(stand)} == ids, "Lost, or sent for what never was"
    assert found.duplicates <= found.killed_task, "More than one duplicate a kill"


def _assert_all_stored(stand: Stand) -> None:
    stored = Counter(Registration.objects.values_list("session_id", "email"))
    assert not set(acknowledged(stand)) - set(stored), "Acknowledged, not stored"
    assert set(stored.values()) == {1}, "Somebody is registered twice"
    told = set(Message.objects.values_list("registration_id", flat=True))
    assert not set(Registration.objects.values_list("pk", flat=True)) - told, "Stored, and never told"


def _assert_seats_right() -> None:
    assert wrong_counters() == []
    for session in Session.objects.all():
        assert session.seats_taken <= session.capacity
        assert session.waiting == 0 or session.seats_taken == session.capacity, "An empty seat, and a queue"
