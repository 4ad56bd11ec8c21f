"""Where a session is: its organisation's department, unless somebody says otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.domain.copying import copy_session
from events.domain.habits import places_of
from events.domain.planning import Common, Occasion, Place, plan_season
from events.domain.session_slots import stored_times
from events.domain.sessions import save_session
from events.forms.session import SessionForm
from tests.factories import make_activity, make_coordinator, make_organisation, make_session

pytestmark = pytest.mark.django_db


def test_a_session_takes_the_department_of_its_organisation() -> None:
    activity = make_activity(make_organisation(department="76"))
    assert make_session(activity).department == "76"
    assert make_session(activity, department="61").department == "61"


def test_emptied_it_is_the_organisations_again() -> None:
    session = make_session(make_activity(make_organisation(department="76")), department="61")
    session.department = ""
    assert save_session(session=session, slots=stored_times(session), by=None).department == "76"


def test_copies_and_seasons_keep_it() -> None:
    activity = make_activity(make_organisation(department="76"))
    session = make_session(activity, department="61", place_name="Halle")
    day = timezone.localdate() + timedelta(days=50)
    assert copy_session(session=session, day=day, by=None).department == "61"
    assert places_of(activity.organisation)["halle"].department == "61"
    slots = tuple(stored_times(make_session(activity, days=70, title="Autre")))
    occasions = [
        Occasion(slots, "Ailleurs", Place("Halle", department="61")),
        Occasion(slots, "Ici", Place("Salle")),
    ]
    made = plan_season(
        activity=activity, occasions=occasions, common=Common(capacity=5), publish=False, by=None
    )
    assert [session.department for session in made.created] == ["61", "76"]


def test_the_coordinator_may_choose_it() -> None:
    organisation = make_organisation(department="76")
    make_activity(organisation)
    form = SessionForm(user=make_coordinator(organisation))
    assert ("61", "61 · Orne") in form.fields["department"].choices
    assert not form.fields["department"].required
