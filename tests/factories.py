"""Plain functions that make what a test needs, through the domain where a rule exists."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.db.models import F
from django.utils import timezone
from wagtail.models import AbstractPage

from common.models import BasePage
from events.domain.people import Person
from events.domain.registration import register
from events.domain.sessions import SlotTimes, save_session
from events.models import ActivityPage, EventPage, Question, QuestionSet, Registration, Session
from members.models import Membership, Organisation, User
from pages.models import HomePage, OrganisationPage
from trainings.models import TrainingPage

_numbers = count(1)


def make_organisation(**fields: Any) -> Organisation:
    n = next(_numbers)
    defaults = {
        "name": f"CPTS Numéro {n}",
        "short_name": f"CPTS {n}",
        "slug": f"cpts-{n}",
        "email": f"contact{n}@cpts.example.org",
    }
    return Organisation.objects.create(**(defaults | fields))


def make_user(**fields: Any) -> User:
    n = next(_numbers)
    defaults = {"email": f"personne{n}@example.org", "first_name": "Personne", "last_name": f"Numéro {n}"}
    return User.objects.create_user(**(defaults | fields))


def make_coordinator(organisation: Organisation, **fields: Any) -> User:
    user = make_user(**fields)
    Membership.objects.create(
        user=user, organisation=organisation, role=Membership.Role.COORDINATOR, since=date(2024, 1, 1)
    )
    return user


def make_admin(**fields: Any) -> User:
    return make_user(is_staff=True, is_superuser=True, **fields)


def make_home() -> HomePage:
    home = HomePage.objects.first()
    if home is None:
        root = BasePage.get_first_root_node()
        home = put_below(root, HomePage(title="Accueil", slug="accueil"))
    return home


def put_below(parent: Any, page: Any) -> Any:
    """What ``parent.add_child(instance=page)`` writes, in a quarter of its time: unchecked, not logged."""
    last = None
    if parent.numchild:
        siblings = BasePage.objects.filter(depth=parent.depth + 1, path__startswith=parent.path)
        last = siblings.order_by("-path").values_list("path", flat=True).first()
    page.depth = parent.depth + 1
    page.path = BasePage(path=last)._inc_path() if last else page._get_path(parent.path, page.depth, 1)
    page.locale_id, page.draft_title = parent.locale_id, page.title
    page.set_url_path(parent)
    super(AbstractPage, page).save()
    BasePage.objects.filter(pk=parent.pk).update(numchild=F("numchild") + 1)
    parent.numchild += 1
    return page


def make_activity(organisation: Organisation | None = None, **fields: Any) -> ActivityPage:
    n = next(_numbers)
    parent = organisation and OrganisationPage.objects.filter(organisation=organisation).first()
    organisation = organisation or make_organisation()
    if parent is None:
        parent = put_below(
            make_home(),
            OrganisationPage(
                title=organisation.name,
                slug=organisation.slug,
                organisation=organisation,
                summary="Une structure",
            ),
        )
    defaults = {
        "title": f"Café des Soignants {n}",
        "slug": f"cafe-{n}",
        "summary": "Un temps pour soi",
        "organisation": organisation,
    }
    page = put_below(parent, EventPage(**(defaults | fields)))
    return ActivityPage.objects.get(pk=page.pk)


def make_training(organisation: Organisation | None = None, **fields: Any) -> TrainingPage:
    n = next(_numbers)
    above = make_activity(organisation).get_parent()
    defaults = {
        "title": f"Leader {n}",
        "slug": f"leader-{n}",
        "summary": "Devenir référent·e",
        "organisation": OrganisationPage.objects.get(pk=above.pk).organisation,
        "objectives": "Repérer\nAborder",
    }
    return put_below(above, TrainingPage(**(defaults | fields)))


def make_session(
    activity: ActivityPage | None = None,
    *,
    days: float = 14,
    hours: float = 2,
    slots: list[SlotTimes] | None = None,
    **fields: Any,
) -> Session:
    """A published session with one slot, ``days`` from today at 19:00 in Paris (negative: past)."""
    day = timezone.localdate() + timedelta(days=days)
    start = timezone.make_aware(datetime.combine(day, time(19)))
    slots = slots or [SlotTimes(start, start + timedelta(hours=hours))]
    defaults = {
        "activity": activity or make_activity(),
        "title": "Sophrologie",
        "place_name": "Maison de santé",
        "city": "Le Havre",
        "capacity": 12,
        "status": Session.Status.PUBLISHED,
    }
    return save_session(session=Session(**(defaults | fields)), slots=slots, by=None)


def make_person(i: int | None = None, **fields: Any) -> Person:
    n = next(_numbers) if i is None else i
    defaults = {
        "first_name": "Camille",
        "last_name": f"Martin{n}",
        "email": f"camille.martin{n}@example.org",
        "profession": "60",
    }
    return Person(**(defaults | fields))


def make_registration(session: Session, **fields: Any) -> Registration:
    """Registered through the rule; a past session takes it as the coordination would have."""
    if session.ends_at > timezone.now():
        return register(session=session, person=make_person(**fields)).registration
    from events.domain.registration import add_walk_in

    return add_walk_in(session=session, person=make_person(**fields), by=make_admin())


def make_question_set(*questions: dict[str, Any], **fields: Any) -> QuestionSet:
    """A stored set; ``options`` may be a list."""
    n = next(_numbers)
    made = QuestionSet(**({"name": f"Questions {n}"} | fields))
    if made.organisation_id is None:
        made.organisation = make_organisation()
    for order, one in enumerate(questions):
        options = one.get("options", "")
        text = options if isinstance(options, str) else "\n".join(options)
        made.questions.add(
            Question(**({"label": f"Question {order + 1} ?", "sort_order": order} | one | {"options": text}))
        )
    made.save()
    return made
