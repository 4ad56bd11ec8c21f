"""What is done at once to the registrations ticked in the list, in Wagtail's own way.

Wagtail finds the ticked rows by number in the whole table: here only own ones are found. Each person
is decided about separately: one refusal stops nobody else.
"""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from common.errors import DomainError
from common.numbers import row_number
from events.access import coordinated_registrations, sessions_to_move_to
from events.admin.people_listing import listed
from events.domain import registration as rules
from events.forms.decisions import DecisionForm, DeclineForm, MoveForm
from events.models import ACTIVE_STATES, Registration, Session

State = Registration.State
LIMIT = 300
NAMED = 10


class PeopleAction(BulkAction):
    """``states``: who is concerned; ``asked`` and ``done``: what is said before and after."""

    models = [Registration]
    template_name = "events/admin/bulk_people.html"
    form_class: type[DecisionForm] = DecisionForm
    states: tuple[State, ...] = ACTIVE_STATES
    classes: set[str] = set()
    asked = ""
    done = ""
    button = ""
    unconcerned = "Ces inscriptions ne sont pas concernées, leur état ne s’y prête pas :"
    is_grave = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.found = self.find()
        if not self.found:
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def find(self) -> list[Registration]:
        """The ticked registrations of own organisations, and one more than the limit at most."""
        asked = self.request.GET.getlist("id")
        if "all" in asked:
            people: QuerySet[Registration] = listed(self.request)
        else:
            numbers = [number for number in map(row_number, asked) if number is not None]
            own = coordinated_registrations(self.request.user)
            people = own.filter(pk__in=numbers)
        people = people.select_related("session__activity__organisation")
        return list(people.order_by("session__starts_at", "session", "last_name", "pk")[: LIMIT + 1])

    @property
    def too_many(self) -> str:
        if len(self.found) <= LIMIT:
            return ""
        return f"Au plus {LIMIT} personnes à la fois : réduisez la sélection, par exemple avec un filtre."

    def get_actionable_objects(self) -> tuple[list[Registration], dict[str, list[Registration]]]:
        found = self.found[:LIMIT]
        concerned = [one for one in found if one.state in self.states]
        return concerned, {"items_with_no_access": [one for one in found if one.state not in self.states]}

    def object_context(self, obj: Registration) -> dict[str, Any]:
        return {"item": obj}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "title": self.display_name,
            "asked": self.asked,
            "button": self.button,
            "unconcerned": self.unconcerned,
            "too_many": self.too_many,
            "is_grave": self.is_grave,
        }

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        if self.too_many:
            form.add_error(None, self.too_many)
            return self.form_invalid(form)  # type: ignore[no-any-return]
        people, _unconcerned = self.get_actionable_objects()
        refused: list[str] = []
        for registration in people:
            try:
                self.decide(registration, form)
            except DomainError as error:
                refused.append(f"{registration.full_name} : {error}")
        if done := len(people) - len(refused):
            messages.success(self.request, f"{self.done} : {done}.")
        for sentence in refused[:NAMED]:
            messages.error(self.request, sentence)
        if len(refused) > NAMED:
            messages.error(self.request, f"Et {len(refused) - NAMED} autres refus.")
        return redirect(self.next_url)

    def decide(self, registration: Registration, form: DecisionForm) -> None:
        raise NotImplementedError


class ApproveAction(PeopleAction):
    display_name = "Accepter"
    action_type = "approve"
    aria_label = "Accepter les demandes sélectionnées"
    action_priority = 10
    states = (State.PENDING,)
    asked = "Ces demandes sont acceptées : une place s’il en reste, sinon la liste d’attente."
    button = "Accepter ces demandes"
    done = "Demandes acceptées"

    def decide(self, registration: Registration, form: DecisionForm) -> None:
        rules.approve(registration=registration, by=self.request.user)


class DeclineAction(PeopleAction):
    display_name = "Refuser"
    action_type = "decline"
    aria_label = "Refuser les demandes sélectionnées"
    action_priority = 20
    form_class = DeclineForm
    states = (State.PENDING,)
    asked = "Ces demandes sont refusées, et chaque personne en est prévenue par e-mail."
    button = "Refuser ces demandes"
    done = "Demandes refusées"
    is_grave = True

    def decide(self, registration: Registration, form: DecisionForm) -> None:
        reason = form.cleaned_data["reason"]
        rules.decline(registration=registration, reason=reason, by=self.request.user)


class MoveAction(PeopleAction):
    display_name = "Déplacer"
    action_type = "move"
    aria_label = "Déplacer les personnes sélectionnées vers une autre session"
    action_priority = 40
    form_class = MoveForm
    asked = "Ces personnes passent à une autre session ; chacune reçoit un seul message."
    button = "Déplacer ces personnes"
    done = "Personnes déplacées"

    def get_form_kwargs(self) -> dict[str, Any]:
        session = self.found[0].session
        one_activity = len({one.session.activity_id for one in self.found}) == 1
        return {
            **super().get_form_kwargs(),
            "sessions": self._sessions(session),
            "activity": session.activity_id if one_activity else None,
        }

    def _sessions(self, session: Session) -> QuerySet[Session]:
        """Nobody goes to another organisation: with people of several, there is nowhere to go."""
        if len({one.session.activity.organisation_id for one in self.found}) > 1:
            return Session.objects.none()
        return sessions_to_move_to(self.request.user, session)

    def decide(self, registration: Registration, form: DecisionForm) -> None:
        rules.move(registration=registration, session=form.cleaned_data["session"], by=self.request.user)


class WithdrawAction(PeopleAction):
    display_name = "Désister"
    action_type = "withdraw"
    aria_label = "Désister les personnes sélectionnées"
    action_priority = 50
    asked = "Ces personnes n’ont plus de place et en sont prévenues ; les suivantes entrent aussitôt."
    button = "Enregistrer ces désistements"
    done = "Désistements enregistrés"
    is_grave = True

    def decide(self, registration: Registration, form: DecisionForm) -> None:
        rules.withdraw(registration=registration, by=self.request.user)


class GoesOn(PeopleAction):
    """An action that another screen does, for the ticked people."""

    states = tuple(State)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.go_on() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.get(request, *args, **kwargs)

    def go_on(self) -> HttpResponse | None:
        raise NotImplementedError

    @property
    def chosen(self) -> str:
        return ",".join(str(one.pk) for one in self.found)


class WriteAction(GoesOn):
    display_name = "Écrire"
    action_type = "write"
    aria_label = "Écrire aux personnes sélectionnées"
    action_priority = 30
    asked = (
        "Un message part à des personnes d’une même session : filtrez la liste par session, puis choisissez."
    )

    def go_on(self) -> HttpResponse | None:
        sessions = {one.session_id for one in self.found}
        if len(sessions) > 1 or self.too_many:
            return None
        asked = urlencode({"registrations": self.chosen}, safe=",")
        return redirect(f"{reverse('messages:write', args=[sessions.pop()])}?{asked}")


class ExportAction(GoesOn):
    display_name = "Exporter"
    action_type = "export"
    aria_label = "Exporter les personnes sélectionnées"
    action_priority = 60
    asked = "L’export complet, avec le choix des colonnes, est dans « Exporter »."

    def go_on(self) -> HttpResponse | None:
        if self.too_many:
            return None
        return redirect(f"{reverse('export')}?{urlencode({'registrations': self.chosen}, safe=',')}")


PEOPLE_ACTIONS = (ApproveAction, DeclineAction, WriteAction, MoveAction, WithdrawAction, ExportAction)
