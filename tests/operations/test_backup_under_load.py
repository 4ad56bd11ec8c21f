"""A backup taken while people register, brought back: nothing that was acknowledged before it is missing."""

import hashlib
import threading

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from certificates.domain.closing import close_sheet
from certificates.models import Certificate
from events.domain import attendance, outbox, restoring
from events.models import JournalEntry, Message, Registration, Session, Slot
from pages.domain.backups import restoring as backups
from pages.domain.backups import taking
from pages.domain.erasure import Reason, erase
from tests import factories
from tests.concurrency.acts import Act
from tests.concurrency.crowd import all_at_once, rush
from tests.operations.conftest import Place

pytestmark = pytest.mark.django_db(transaction=True)

State = Message.State


def _certificate() -> Certificate:
    session = factories.make_session(days=-3)
    came = factories.make_registration(session, email="venue@example.org")
    slot = Slot.objects.get(session=session)
    by = factories.make_coordinator(session.activity.organisation)
    attendance.mark(slot=slot, marks={came.pk: "present"}, by=by)
    close_sheet(slot=slot, by=by)
    return Certificate.objects.get(registration=came)


def test_a_backup_taken_while_people_register_gives_all_back_and_mails_nothing_again(place: Place) -> None:
    certificate = _certificate()
    (place.media / "images").mkdir()
    picture = place.media / "images" / "port.jpg"
    picture.write_bytes(b"\xff\xd8" + b"a port" * 500)
    (place.documents / "logo.png").write_bytes(b"a logo")
    gone = factories.make_registration(factories.make_session(days=20), email="partie@example.org").user
    outbox.deliver_due()
    session = factories.make_session(capacity=25)
    database = {"NAME": connection.settings_dict["NAME"]}
    rush(session_id=session.pk, people=list(range(12)), database=database)
    acknowledged = set(Registration.objects.values_list("pk", flat=True))

    # People go on registering while the copy is made.
    later = [Act("register", session.pk, person=i) for i in range(12, 36)]
    crowd = threading.Thread(target=all_at_once, args=(later, database))
    crowd.start()
    taken = taking.take(destination=place.backups)
    crowd.join()
    assert taken.path.stat().st_mode & 0o777 == 0o600

    # After the backup: mails leave, somebody is erased, a picture goes, others register.
    outbox.deliver_due(limit=1000)
    assert len(mail.outbox) >= 36
    erase(user=gone, by=None, reason=Reason.PERSON)
    picture.unlink()
    (place.media / "apres.txt").write_text("written after the backup")
    highest = Registration.objects.order_by("-pk").values_list("pk", flat=True)[0]
    connection.close()
    mail.outbox.clear()

    done = backups.restore(source=taken.path, replace=True)

    assert done.settled.wrong == []
    assert acknowledged <= set(Registration.objects.values_list("pk", flat=True))
    call_command("check_counters")
    # Nothing leaves again; whoever had to be told in the backup is on the list that somebody decides about.
    assert restoring.held().count() >= 12
    call_command("run_due")
    outbox.deliver_due(limit=1000)
    assert mail.outbox == []
    # Erased people stay erased, without a last word to an address that is not theirs any more.
    gone.refresh_from_db()
    assert gone.erased_at is not None
    assert not Registration.objects.filter(email="partie@example.org").exists()
    assert not Message.objects.filter(recipient="partie@example.org").exists()
    # Files are those of the backup, and nothing of the work stays behind.
    assert (
        hashlib.sha256(picture.read_bytes()).digest()
        == hashlib.sha256(b"\xff\xd8" + b"a port" * 500).digest()
    )
    assert (place.documents / "logo.png").read_bytes() == b"a logo"
    assert sorted(path.name for path in place.media.iterdir()) == ["images"]
    assert Certificate.objects.get(pk=certificate.pk).number == certificate.number
    # The journal is guarded as before.
    entry = JournalEntry.objects.order_by("pk")[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).update(action="escale.other")
    # A number that was given after the backup, and stands in a link that was mailed, is given to nobody else.
    newcomer = factories.make_registration(Session.objects.get(pk=session.pk), email="nouvelle@example.org")
    assert newcomer.pk > highest + 1000
