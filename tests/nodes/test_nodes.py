"""Two web nodes, two worker nodes: what one does the other shows, and either may die."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from certificates.domain.closing import close_sheet
from certificates.models import IssueBatch
from events.domain import attendance
from events.domain.mails import message_id
from events.domain.upkeep import wrong_counters
from events.models import ActivityPage, Message, Registration, Session
from members.models import User
from tests import factories, processes
from tests.events.import_files import SAMPLE
from tests.nodes.browser import Browser
from tests.nodes.cluster import WORKERS, Cluster, Visitors, reachable, standing
from tests.processes import eventually
from tests.security.test_uploads import photograph

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        os.environ.get("ESCALE_TEST_DB") != "postgresql", reason="Several machines: PostgreSQL"
    ),
]
ROUNDS = int(os.environ.get("ESCALE_NODE_ROUNDS", "1"))
PASSWORD = "une-phrase-assez-longue-2026"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    without = frozenset(os.environ.get("ESCALE_NODES_WITHOUT", "").split())
    with standing(Cluster(tmp_path, connection.settings_dict, without=without)) as found:
        yield found


@pytest.fixture
def activity() -> ActivityPage:
    return factories.make_activity(title="Café du port")


@pytest.fixture
def coordinator() -> Browser:
    """Signed in with both factors: the session lies in the database."""
    client = Client()
    client.force_login(factories.make_admin())
    return Browser(sessionid=client.session.session_key)


def picture_travels(cluster: Cluster, admin: Browser) -> str:
    """Sent to one node, shown by the other; returns the address of its rendition."""
    one, two = cluster.web
    admin.get(one, "/admin/images/add/")
    file = SimpleUploadedFile("photo.jpg", photograph())
    sent = admin.post(one, "/admin/images/add/", {"title": "Photo", "file": file}, files=True)
    assert sent.status == 302, sent.text
    listing = admin.get(one, "/admin/images/").text
    assert f":{cluster.ports['s3']}" not in listing, "An address of the bucket leaves"
    found = re.search(r"/media/(images/[^\"?]+)", listing)
    assert found
    shown = Browser().get(two, f"/media/{found[1]}")
    assert (shown.status, shown.content_type[:6]) == (200, "image/")
    for climbing in ("images/../original_images/photo.jpg", "images/%2e%2e/original_images/photo.jpg"):
        assert Browser().get(two, f"/media/{climbing}").status in (400, 404)
    return f"/media/{found[1]}"


def import_travels(cluster: Cluster, admin: Browser, activity: ActivityPage) -> None:
    one, two = cluster.web
    admin.get(one, "/admin/import/")
    table = SimpleUploadedFile("table.csv", SAMPLE.read_bytes())
    sent = admin.post(one, "/admin/import/", {"activity": activity.pk, "file": table}, files=True)
    assert sent.status == 302, sent.text
    assert "174 lignes" in admin.get(two, sent.location).text
    assert admin.post(two, f"{sent.location}confirmer/", {}).status == 302
    assert Registration.objects.filter(session__activity=activity).count() == 174


def certificates_travel(cluster: Cluster, admin: Browser, session: Session) -> None:
    """Asked for at one node, made by a worker node, fetched at both."""
    one, two = cluster.web
    path = f"/admin/attestations/delivrer/?session={session.pk}"
    admin.get(one, path)
    sent = admin.post(one, path, {"sessions": [session.pk], "kinds": ["presence"]})
    assert sent.status == 302, sent.text
    batch = IssueBatch.objects.latest("pk")

    def over() -> bool:
        batch.refresh_from_db()
        return batch.state not in (IssueBatch.State.QUEUED, IssueBatch.State.RUNNING)

    eventually(over, "the batch is made")
    assert batch.state == IssueBatch.State.DONE
    for port, which, begins in ((one, "zip", b"PK"), (two, "zip", b"PK"), (two, "pdf", b"%PDF")):
        admin.get(port, sent.location)
        file = admin.post(port, f"/admin/attestations/lot/{batch.pk}/{which}/", {})
        assert (file.status, file.content[: len(begins)]) == (200, begins), (file.status, file.location)


def signing_in_travels(cluster: Cluster) -> None:
    one, two = cluster.web
    user = factories.make_user(email="membre@example.org")
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "sel" * 8)
    User.objects.filter(pk=user.pk).update(password=hashed)
    user.emailaddress_set.update_or_create(email=user.email, defaults={"verified": True, "primary": True})
    member = Browser()
    member.get(one, "/compte/login/")
    answer = member.post(one, "/compte/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status == 302, answer.text
    assert member.get(two, "/mon-espace/").status == 200
    assert Browser().get(two, "/mon-espace/").status == 302


def limits_are_shared(cluster: Cluster) -> None:
    """Five forgotten passwords of one address, at whichever node; the sixth is one too many."""
    visitor, seen = Browser(), []
    for turn in range(6):
        port = cluster.web[turn % 2]
        visitor.get(port, "/compte/password/reset/")
        seen.append(visitor.post(port, "/compte/password/reset/", {"email": "oubli@example.org"}).status)
    assert seen == [302] * 5 + [429]


def kept_pages_are_right(cluster: Cluster) -> None:
    """The last seat is taken at one node: within a second the other's page says so."""
    one, two = cluster.web
    session = factories.make_session(capacity=1)
    path = f"/sessions/{session.pk}/"
    person = Browser()
    person.get(one, path)
    full = "Complet"
    for _ in range(3):
        assert full not in Browser().get(two, path).text
    form = {"first_name": "Ana", "last_name": "Le Goff", "email": "ana@example.org", "profession": "60"}
    assert person.post(one, f"{path}inscription/", form).status == 302
    began = time.monotonic()
    while full not in Browser().get(two, path).text:
        assert time.monotonic() - began < 5, "The other node shows an old page"
        time.sleep(0.05)
    say(f"kept page right after {time.monotonic() - began:.2f} s")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def closed_session(activity: ActivityPage) -> Session:
    session, admin = factories.make_session(activity, days=-9), factories.make_admin()
    for number in range(3):
        factories.make_registration(session, email=f"venue{number}@example.org")
    slot = session.slots.get()
    attendance.mark(slot=slot, marks={}, by=admin, rest="present")
    close_sheet(slot=slot, by=admin)
    return session


def heard(cluster: Cluster) -> set[str]:
    file = cluster.folder / "mails"
    lines = file.read_text().splitlines() if file.exists() else []
    return {line.split("@")[0] for line in lines}


def owed() -> set[str]:
    return {message_id(key).split("@")[0] for key in Message.objects.values_list("key", flat=True)}


def test_either_node_does_what_the_other_began(
    cluster: Cluster, coordinator: Browser, activity: ActivityPage
) -> None:
    past = closed_session(activity)
    imported = factories.make_activity(title="Import")
    sessions = [factories.make_session(capacity=seats) for seats in (10, 10_000)]
    kept_pages_are_right(cluster)  # before others write at the second node, which would renew its pages
    with Visitors(cluster.web, [session.pk for session in sessions]) as visitors:
        visitors.more()
        picture = picture_travels(cluster, coordinator)
        import_travels(cluster, coordinator, imported)
        certificates_travel(cluster, coordinator, past)
        signing_in_travels(cluster)
        limits_are_shared(cluster)
        for _ in range(ROUNDS):
            each_dies(cluster, visitors, picture)
    nothing_is_lost(cluster, visitors)


def each_dies(cluster: Cluster, visitors: Visitors, picture: str) -> None:
    for dead, alive in (("web-1", cluster.web[1]), ("web-2", cluster.web[0])):
        cluster.kill(dead)
        visitors.more()
        assert reachable(alive, "/sante/pret/") == 200
        cluster.start(dead)
        eventually(lambda dead=dead: processes.answers(cluster.ports[dead]), f"{dead} is back")  # type: ignore[misc]
    for dead in ("worker-1", "worker-2"):
        cluster.kill(dead)
        sent = len(heard(cluster))
        visitors.more(2)
        eventually(lambda sent=sent: len(heard(cluster)) > sent, "the other worker sends")  # type: ignore[misc]
        cluster.start(dead)
        cluster.start(f"{dead}-clock")
    cluster.kill("redis")
    visitors.more()
    cluster.start_shared()
    kept_pages_are_right(cluster)
    cluster.signal_buckets(signal.SIGUSR1)
    eventually(lambda: reachable(cluster.web[0], picture) == 503, "the picture is said to be away")
    visitors.more()
    cluster.signal_buckets(signal.SIGUSR2)
    eventually(lambda: reachable(cluster.web[1], picture) == 200, "the picture is back")


def nothing_is_lost(cluster: Cluster, visitors: Visitors) -> None:
    stored = set(Registration.objects.values_list("session_id", "email"))
    assert not set(visitors.acknowledged) - stored, "Acknowledged, not stored"
    assert visitors.moved > 0, "Nobody ever met a dead node"
    for worker in WORKERS:
        cluster.kill(worker)
    for _ in range(20):
        # The leases of the dead would run out in some minutes.
        past = timezone.now() - timedelta(seconds=1)
        Message.objects.filter(state="sending").update(locked_until=past)
        Message.objects.filter(state="queued").update(next_try_at=past)
        cluster.run("worker-1", "run_due")
        if set(Message.objects.values_list("state", flat=True)) <= {"sent"}:
            break
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert owed() <= heard(cluster), "Said to be sent, and never heard"
    assert wrong_counters() == []
    say(f"acknowledged={len(visitors.acknowledged)} retried={visitors.moved} sent={len(owed())}")
