"""What has to be done each minute, besides sending messages: free what died, forget what is over."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session as Visit
from django.db.models import Count, F, Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, TaskResultStatus

from events.models import Registration, Session

# No task of ours runs that long: its worker was killed.
TASK_LASTS = timedelta(hours=1)
TASK_STARTS = 3
KEEP_SUCCEEDED = timedelta(days=1)
KEEP_FAILED = timedelta(days=14)
HOLDS_A_SEAT = (Registration.State.CONFIRMED, Registration.State.OFFERED)


def free_stuck_tasks(*, now: datetime | None = None) -> int:
    """Queue again the tasks that a killed worker left running; fail those that kill their worker."""
    before = (now or timezone.now()) - TASK_LASTS
    return sum(_free(each) for each in DBTaskResult.objects.running().filter(started_at__lt=before))


def give_back_tasks(*, worker: str) -> int:
    """Queue again what ``worker``, which runs nothing now, could not write the end of."""
    return sum(_free(each) for each in DBTaskResult.objects.running() if each.worker_ids[-1:] == [worker])


def _free(result: DBTaskResult) -> int:
    starts = len(result.worker_ids)
    status = TaskResultStatus.READY if starts < TASK_STARTS else TaskResultStatus.FAILED
    still_so = DBTaskResult.objects.filter(
        pk=result.pk, status=TaskResultStatus.RUNNING, started_at=result.started_at
    )
    return still_so.update(
        status=status,
        started_at=None if status == TaskResultStatus.READY else result.started_at,
        finished_at=None if status == TaskResultStatus.READY else timezone.now(),
    )


def prune_task_results(*, now: datetime | None = None) -> int:
    """Delete the traces of finished tasks: successes after a day, failures after two weeks."""
    now = now or timezone.now()
    old = Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEEP_SUCCEEDED) | Q(
        status=TaskResultStatus.FAILED, finished_at__lt=now - KEEP_FAILED
    )
    deleted, _by_model = DBTaskResult.objects.filter(old).delete()
    return deleted


def prune_visits(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Forget the expired sessions of browsers."""
    over = Visit.objects.filter(expire_date__lt=now or timezone.now())
    return over.count() if dry_run else over.delete()[0]


def wrong_counters() -> list[int]:
    """Ids of the sessions whose counters differ from their registrations; none, or a bug."""
    states = "registrations__state"
    counted = Session.objects.annotate(
        holding=Count("registrations", filter=Q(**{f"{states}__in": HOLDS_A_SEAT})),
        queueing=Count("registrations", filter=Q(**{states: Registration.State.WAITLISTED})),
    )
    wrong = counted.filter(~Q(seats_taken=F("holding")) | ~Q(waiting=F("queueing")))
    return list(wrong.order_by("pk").values_list("pk", flat=True))
