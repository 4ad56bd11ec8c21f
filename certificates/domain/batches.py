"""Certificates of many people at once: asked for here, made by the worker, fetched as one file.

A batch is a row that says how far it is. Whoever works on it holds it until ``locked_until`` and says so
again as it goes; a worker that was killed loses it, and the next one goes on from the documents that are
made. The files stand in private storage for a week.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult
from wagtail.log_actions import log

from certificates.domain import making
from certificates.domain.issuing import issue_all
from certificates.models import Certificate, IssueBatch, private_storage
from common.errors import DomainError
from events.models import Attendance, AttendanceSheet, Session
from events.models.attendance import CAME
from members.models import User

logger = logging.getLogger(__name__)
State = IssueBatch.State

LOCK = timedelta(minutes=2)
GIVE_UP = timedelta(hours=6)
STAYS = timedelta(days=7)
MOST = 3000
UNFINISHED = (State.QUEUED, State.RUNNING)


def ask(
    *, sessions: Sequence[Session], kinds: Sequence[str], title: str, mails: bool, by: User
) -> IssueBatch:
    """Have the certificates of ``sessions`` made, mailed if asked; the same request twice is one batch."""
    kinds = [kind for kind in Certificate.Kind.values if kind in kinds]
    keys = sorted(session.pk for session in sessions)
    if not keys:
        raise DomainError("Choisissez au moins une session.", field="sessions")
    if not kinds:
        raise DomainError("Choisissez au moins un document.", field="kinds")
    organisations = {session.activity.organisation_id: session.activity.organisation for session in sessions}
    if len(organisations) > 1:
        raise DomainError("Choisissez les sessions d’une seule structure.", field="sessions")
    if not AttendanceSheet.objects.filter(slot__session__in=keys).exists():
        raise DomainError("Aucune feuille d’émargement n’est close dans ce choix : rien à délivrer.")
    expected = _expected(keys) * len(kinds)
    if expected > MOST:
        raise DomainError(f"Plus de {MOST} documents : choisissez moins de sessions à la fois.")
    [organisation] = organisations.values()
    with transaction.atomic():
        same = IssueBatch.objects.filter(organisation=organisation, state__in=UNFINISHED, mails=mails)
        for running in same.order_by("pk"):
            if (running.sessions, running.kinds) == (keys, kinds):
                return running
        batch = IssueBatch.objects.create(
            organisation=organisation,
            sessions=keys,
            kinds=kinds,
            title=title[:200],
            mails=mails,
            total=expected,
            created_at=timezone.now(),
            created_by=by,
        )
        data = {"sessions": keys, "kinds": kinds, "mails": mails}
        log(instance=batch, action="escale.batch", user=by, data=data)
        _wake_worker()
        return batch


@task()
def make_batches() -> int:
    """The worker's turn: one batch, then another turn if one is left; mails go in between."""
    made = run_next()
    if made and _waiting(timezone.now()).exists():
        with transaction.atomic():
            _wake_worker()
    return int(made)


def run_next(*, now: datetime | None = None) -> bool:
    """Make the oldest batch that nobody works on, or go on with it; whether there was one."""
    batch = _claim(now or timezone.now())
    if batch is None:
        return False
    try:
        _make(batch)
    except making.LostError:
        logger.warning("Batch %s went on elsewhere", batch.pk)
    except Exception as error:  # noqa: BLE001 its text may name somebody; the next minute tries again
        logger.error("Batch %s stopped: %s", batch.pk, type(error).__name__)
        IssueBatch.objects.filter(pk=batch.pk, locked_until=batch.locked_until).update(
            locked_until=timezone.now() + LOCK
        )
    return True


def resume_batches(*, now: datetime | None = None) -> int:
    """Call the worker for what a killed one left; what did not succeed for hours has failed."""
    now = now or timezone.now()
    failed = _waiting(now).filter(created_at__lt=now - GIVE_UP)
    for batch in failed:
        _drop(batch)
    failed.update(state=State.FAILED, finished_at=now, expires_at=now)
    waiting = _waiting(now).filter(created_at__lt=now - timedelta(seconds=30)).count()
    if waiting:
        with transaction.atomic():
            _wake_worker()
    return waiting


def purge_batches(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Files and rows whose week is over."""
    over = IssueBatch.objects.filter(expires_at__lt=now or timezone.now())
    if dry_run:
        return over.count()
    for batch in over:
        _drop(batch)
    return over.delete()[1].get(IssueBatch._meta.label, 0)


def forget_files(*, sessions: Sequence[int]) -> None:
    """Somebody of these sessions is erased: files that may name them go once that is certain.

    Whoever makes some at this moment loses the batch, and somebody makes them anew: the last names may
    have been compared already.
    """
    concerned = [batch for batch in IssueBatch.objects.order_by("pk") if set(batch.sessions) & set(sessions)]
    own, now = IssueBatch.objects.filter(pk__in=[batch.pk for batch in concerned]), timezone.now()
    own.filter(state=State.RUNNING).update(locked_until=now + LOCK)
    # After: one that became ready in between is among these.
    own.exclude(state__in=UNFINISHED).update(merged="", archive="", expires_at=now)
    for batch in concerned:
        transaction.on_commit(partial(_drop, batch))


def is_ready(batch: IssueBatch, *, now: datetime | None = None) -> bool:
    over = batch.expires_at is not None and batch.expires_at <= (now or timezone.now())
    return batch.state == State.DONE and bool(batch.archive) and not over


def _make(batch: IssueBatch) -> None:
    """Issue session by session, each in its own transaction, then make the files."""
    by = batch.created_by
    for session in Session.objects.filter(pk__in=batch.sessions).order_by("starts_at", "pk"):
        issue_all(session=session, by=by, kinds=batch.kinds, mails=batch.mails)
        _say(batch)
    with _workshop(batch) as folder:
        found = making.make_files(
            certificates=_certificates(batch),
            folder=folder,
            title=batch.title,
            progress=lambda done, total: _say(batch, done=done, total=total),
        )
        named = _put(batch, {"merged": found.merged, "archive": found.archive})
    now = timezone.now()
    _say(
        batch,
        **named,
        state=State.DONE if found.archive else State.FAILED,
        done=found.made,
        total=found.made + len(found.problems),
        problems=found.problems,
        finished_at=now,
        expires_at=now + STAYS,
    )


def _certificates(batch: IssueBatch) -> QuerySet[Certificate]:
    """What holds now: by session, then by name."""
    rows = Certificate.objects.filter(
        registration__session__in=batch.sessions, kind__in=batch.kinds, status=Certificate.Status.VALID
    )
    return rows.exclude(facts__person="").order_by(
        "registration__session__starts_at",
        "registration__session",
        "kind",
        "registration__last_name",
        "registration__first_name",
        "pk",
    )


def _expected(sessions: Sequence[int]) -> int:
    came = Attendance.objects.filter(slot__session__in=sessions, state__in=CAME, slot__sheets__isnull=False)
    return came.order_by().values("registration").distinct().count()


def _waiting(now: datetime) -> QuerySet[IssueBatch]:
    free = Q(locked_until=None) | Q(locked_until__lt=now)
    return IssueBatch.objects.filter(free, state__in=UNFINISHED).order_by("created_at", "pk")


def _claim(now: datetime) -> IssueBatch | None:
    """Take the oldest for ourselves by one guarded update: two workers never have the same one."""
    for pk in list(_waiting(now).values_list("pk", flat=True)[:20]):
        with transaction.atomic(durable=True):
            until = timezone.now() + LOCK
            if _waiting(now).filter(pk=pk).order_by().update(state=State.RUNNING, locked_until=until):
                return IssueBatch.objects.select_related("created_by").get(pk=pk)
    return None


def _say(batch: IssueBatch, **facts: object) -> None:
    """Note how far it is and hold it longer; raises ``LostError`` if another worker has it."""
    until = timezone.now() + LOCK
    ours = IssueBatch.objects.filter(pk=batch.pk, state=State.RUNNING, locked_until=batch.locked_until)
    if not ours.update(locked_until=until, **facts):
        raise making.LostError
    batch.locked_until = until


@contextmanager
def _workshop(batch: IssueBatch) -> Iterator[Path]:
    """Where the files are made: in their place, if that is a directory, where the next worker goes on."""
    storage = private_storage()
    if isinstance(storage, FileSystemStorage):
        yield Path(storage.path(_name(batch)))
        return
    with tempfile.TemporaryDirectory(prefix="escale-lot-") as folder:
        yield Path(folder)


def _put(batch: IssueBatch, files: dict[str, Path | None]) -> dict[str, str]:
    """The names in storage. Elsewhere each try has its own: a worker that lost the batch harms nobody."""
    storage = private_storage()
    if isinstance(storage, FileSystemStorage):
        place = Path(storage.path(""))
        return {field: str(path.relative_to(place)) if path else "" for field, path in files.items()}
    named, attempt = {}, token_hex(8)
    for field, path in files.items():
        named[field] = ""
        if path:
            _say(batch)
            with path.open("rb") as content:
                named[field] = storage.save(f"{_name(batch)}/{attempt}-{path.name}", File(content))
    return named


def _name(batch: IssueBatch) -> str:
    return f"batches/{batch.pk}"


def _drop(batch: IssueBatch) -> None:
    storage = private_storage()
    if isinstance(storage, FileSystemStorage):
        shutil.rmtree(storage.path(_name(batch)), ignore_errors=True)
        return
    for name in storage.listdir(_name(batch))[1]:
        storage.delete(f"{_name(batch)}/{name}")


def _wake_worker() -> None:
    """Enqueue one turn with the current transaction, unless one waits that nobody can have begun."""
    if not isinstance(make_batches.get_backend(), DatabaseBackend):
        transaction.on_commit(make_batches.enqueue)
        return
    waiting = DBTaskResult.objects.ready().filter(task_path=make_batches.module_path)
    if waiting.select_for_update(skip_locked=True).order_by().first() is None:
        make_batches.enqueue()
