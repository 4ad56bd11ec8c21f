"""Two coordinators edit the same session: the second is warned, and nothing is silently overwritten."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from common.errors import DomainError
from common.versions import StaleError
from events.domain.activity_settings import begin_with, save_settings, settings_of
from events.domain.roles import RoleLine
from events.domain.sessions import SlotTimes, cancel_session, edit_session, publish_session, save_session
from events.models import ActivitySettings, JournalEntry, Message, QuestionSet, Session
from tests import factories
from tests.events.test_admin_sessions import coordinator, form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.today(2026, 11, 20, 12)]


def fresh(session: Session) -> Session:
    return Session.objects.select_related("activity").get(pk=session.pk)


def times(session: Session) -> list[SlotTimes]:
    return [SlotTimes(slot.starts_at, slot.ends_at, slot.label) for slot in session.slots.all()]


def edit(session: Session, *, seen: int | None, roles: tuple[RoleLine, ...] = (), **changes: Any) -> Session:
    edited = fresh(session)
    for name, value in changes.items():
        setattr(edited, name, value)
    return edit_session(session=edited, slots=times(session), roles=roles, seen=seen, by=None)


def test_the_second_of_two_editors_is_warned_and_overwrites_nothing() -> None:
    session = factories.make_session(title="Avant")
    edit(session, seen=1, title="La première")
    with pytest.raises(StaleError) as refused:
        edit(session, seen=1, title="La seconde")
    assert refused.value.stored.title == "La première"
    assert fresh(session).title == "La première"


def test_saving_again_with_the_fresh_version_overwrites_knowingly() -> None:
    session = factories.make_session(title="Avant")
    edit(session, seen=1, title="La première")
    edit(session, seen=fresh(session).version, title="La seconde")
    assert fresh(session).title == "La seconde"


def test_saving_what_did_not_change_warns_nobody() -> None:
    session = factories.make_session()
    edit(session, seen=1)
    edit(session, seen=1, title="Un autre titre")
    assert fresh(session).version == 2


@pytest.mark.parametrize("how", ["roles", "publish", "slots", "cancel"])
def test_every_way_to_change_a_session_warns_the_other_editor(how: str) -> None:
    session = factories.make_session(status=Session.Status.DRAFT)
    if how == "roles":
        edit(session, seen=1, roles=(RoleLine("animation", "Léa"),))
    elif how == "publish":
        publish_session(session=session, by=None)
    elif how == "cancel":
        cancel_session(session=session, reason="Grève", by=None)
    else:
        later = [SlotTimes(slot.starts_at, slot.ends_at + timedelta(hours=1)) for slot in times(session)]
        save_session(session=fresh(session), slots=later, by=None)
    with pytest.raises(DomainError):
        edit(session, seen=1, title="Sans voir")
    assert fresh(session).title == "Sophrologie"


def test_code_that_shows_nothing_may_save_without_a_version() -> None:
    session = factories.make_session()
    edit(session, seen=1, title="La première")
    edit(session, seen=None, title="Un import")
    assert fresh(session).title == "Un import"


def test_the_second_coordinator_sees_who_when_what_and_loses_nothing_typed() -> None:
    activity = factories.make_activity()
    one = coordinator(activity.organisation, first_name="Ada", last_name="Lopez")
    session = factories.make_session(activity, title="Avant", place_name="Ici")
    first, second = signed_in(one), signed_in(coordinator(activity.organisation))
    url = reverse("sessions:edit", args=[session.pk])
    assert 'name="version" value="1"' in second.get(url).content.decode()
    start = timezone.localtime(session.starts_at)
    slot = (f"{start:%Y-%m-%d}", "19:00", "21:00", "")
    data = form_data(activity, slots=[slot], place_name="Ici") | {
        "slots-INITIAL_FORMS": 1,
        "version": "1",
    }
    assert first.post(url, data | {"title": "Celui d’Ada", "capacity": "20"}).status_code == 302
    response = second.post(url, data | {"title": "Le mien", "capacity": "30"})
    page = response.content.decode().replace("&#x27;", "’")
    assert response.status_code == 409
    assert "Ada Lopez a modifié cette fiche" in page
    assert 'value="Le mien"' in page
    assert "Enregistré entre-temps : <strong>Celui d’Ada</strong>" in page
    assert "Enregistré entre-temps : <strong>20</strong>" in page
    assert "Enregistré entre-temps : <strong>Ici</strong>" not in page
    assert f'name="version" value="{fresh(session).version}"' in page
    assert fresh(session).capacity == 20
    again = second.post(url, data | {"title": "Le mien", "capacity": "30", "version": fresh(session).version})
    assert again.status_code == 302
    assert (fresh(session).title, fresh(session).capacity) == ("Le mien", 30)


def test_a_session_cancelled_meanwhile_comes_back_with_what_was_typed() -> None:
    activity = factories.make_activity()
    session = factories.make_session(activity)
    client = signed_in(coordinator(activity.organisation))
    cancel_session(session=session, reason="Grève", by=None)
    data = form_data(activity) | {"version": "1", "title": "Tapé avec soin"}
    response = client.post(reverse("sessions:edit", args=[session.pk]), data)
    assert response.status_code == 422
    assert "Cette session est annulée" in response.content.decode()
    assert "Tapé avec soin" in response.content.decode()


def moved_mail(session: Session, **changes: Any) -> Message:
    factories.make_registration(session)
    slots = changes.pop("slots", times(session))
    edited = fresh(session)
    for name, value in changes.items():
        setattr(edited, name, value)
    save_session(session=edited, slots=slots, by=None)
    return Message.objects.get(kind="moved")


def shifted(session: Session, **by: int) -> list[SlotTimes]:
    return [
        SlotTimes(slot.starts_at + timedelta(**by), slot.ends_at + timedelta(**by)) for slot in times(session)
    ]


def test_a_mail_does_not_speak_of_the_date_when_only_the_hour_changed() -> None:
    session = factories.make_session(days=20)
    message = moved_mail(session, slots=shifted(session, hours=1))
    assert message.subject.startswith("Changement d’heure :")
    assert "L’heure de cette session a changé." in message.body
    assert "date" not in message.body.split("Voici")[0]


def test_a_mail_names_everything_that_changed() -> None:
    session = factories.make_session(days=20)
    message = moved_mail(
        session, slots=shifted(session, days=1, hours=1), place_name="Ailleurs", modality="hybride"
    )
    assert message.subject.startswith("Changement de date, d’heure, de lieu et de modalité :")
    text = " ".join(message.body.split())
    assert "La date, l’heure, le lieu et la modalité de cette session ont changé." in text


def test_an_evening_moved_across_the_change_of_clocks_keeps_its_hour() -> None:
    paris = timezone.get_current_timezone()
    before = datetime(2027, 10, 28, 19, tzinfo=paris)
    session = factories.make_session(slots=[SlotTimes(before, before + timedelta(hours=2))])
    after = datetime(2027, 11, 4, 19, tzinfo=paris)
    message = moved_mail(session, slots=[SlotTimes(after, after + timedelta(hours=2))])
    assert message.subject.startswith("Changement de date :")


def test_a_removed_slot_leaves_the_calendars_that_hold_it() -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(days=10)
    two = [
        SlotTimes(start, start + timedelta(hours=2)),
        SlotTimes(start + timedelta(days=1), start + timedelta(days=1, hours=2)),
    ]
    session = factories.make_session(slots=two)
    gone = session.slots.last()
    message = moved_mail(session, slots=two[:1])
    kept, forgotten = Calendar.from_ical(message.calendar, multiple=True)
    assert (kept["method"], forgotten["method"]) == ("REQUEST", "CANCEL")
    [event] = forgotten.events
    assert event["status"] == "CANCELLED"
    assert event["uid"].startswith(f"{session.uid}-{gone.pk}@")
    assert event["sequence"] == kept.events[0]["sequence"] == 1
    assert message.calendar_method == "REQUEST"


def test_a_new_session_begins_with_the_rules_of_its_activity() -> None:
    activity = factories.make_activity()
    questions = QuestionSet.objects.create(organisation=activity.organisation, name="Repas")
    settings = settings_of(activity)
    settings.approval, settings.professions, settings.members_first_days = True, ["60"], 7
    settings.promotion, settings.question_set = "offer", questions
    save_settings(settings=settings, seen=0, apply_to_coming=False, by=None)
    session = Session(activity=activity, title="Nouvelle", capacity=5)
    start = datetime(2027, 11, 3, 19, tzinfo=timezone.get_current_timezone())
    begin_with(session=session, starts_at=start)
    assert (session.approval, session.professions, session.promotion) == (True, ["60"], "offer")
    assert session.question_set == questions
    # Seven days on the calendar, the change of clocks between them.
    assert timezone.localtime(session.members_first_until).replace(tzinfo=None) == datetime(2027, 10, 27, 19)


def test_settings_may_be_taken_by_the_coming_sessions_whose_waiting_people_get_the_seats() -> None:
    activity = factories.make_activity()
    coming = factories.make_session(activity, capacity=4)
    past = factories.make_session(activity, days=-9)
    cancelled = factories.make_session(activity, days=30)
    cancel_session(session=cancelled, reason="Grève", by=None)
    people = [factories.make_registration(coming) for _ in range(5)]
    assert people[4].state == "waitlisted"
    settings = settings_of(activity)
    settings.overbooking_percent = 25
    save_settings(settings=settings, seen=0, apply_to_coming=True, by=None)
    people[4].refresh_from_db()
    assert people[4].state == "confirmed"
    assert [fresh(each).overbooking_percent for each in (coming, past, cancelled)] == [25, 0, 0]
    entry = JournalEntry.objects.get(action="escale.settings")
    assert entry.data["overbooking_percent"] == {"before": 0, "after": 25}
    assert entry.data["sessions"] == [coming.pk]


def test_two_coordinators_setting_the_same_activity_are_told() -> None:
    activity = factories.make_activity()
    one, two = settings_of(activity), settings_of(activity)
    one.approval = True
    save_settings(settings=one, seen=0, apply_to_coming=False, by=None)
    with pytest.raises(StaleError):
        save_settings(settings=two, seen=0, apply_to_coming=False, by=None)
    stale = settings_of(activity)
    save_settings(settings=settings_of(activity), seen=1, apply_to_coming=False, by=None)
    with pytest.raises(StaleError):
        save_settings(settings=stale, seen=1, apply_to_coming=False, by=None)
    assert ActivitySettings.objects.get().approval


def test_questions_of_another_organisation_are_not_asked_here() -> None:
    session = factories.make_session()
    foreign = QuestionSet.objects.create(organisation=factories.make_organisation(), name="Ailleurs")
    with pytest.raises(DomainError, match="votre structure"):
        edit(session, seen=1, question_set=foreign)


def test_a_form_that_does_not_say_what_it_showed_overwrites_nothing() -> None:
    activity = factories.make_activity()
    client = signed_in(coordinator(activity.organisation))
    session = factories.make_session(activity, title="Avant")
    data = form_data(activity, title="À l’aveugle") | {"slots-INITIAL_FORMS": 1}
    url = reverse("sessions:edit", args=[session.pk])
    for version in ("", "0"):
        assert client.post(url, data | {"version": version}).status_code == 409
    del data["version"]
    assert client.post(url, data).status_code == 409
    assert fresh(session).title == "Avant"


def test_settings_sent_without_their_version_overwrite_nothing() -> None:
    activity = factories.make_activity()
    client = signed_in(coordinator(activity.organisation))
    save_settings(settings=settings_of(activity), seen=0, apply_to_coming=False, by=None)
    data = {"promotion": "automatic", "season_limit": "3"}
    assert client.post(reverse("activity_settings", args=[activity.pk]), data).status_code == 409
    assert ActivitySettings.objects.get().season_limit is None
