"""Which certificates to have made, and why one is revoked."""

from typing import Any

from django import forms
from django.http import QueryDict

from certificates.domain import batches
from certificates.domain.issuing import REASON_LENGTH
from certificates.models import Certificate, IssueBatch
from common import moments
from common.forms import RefusableForm
from common.numbers import row_number
from events.access import coordinated_sessions
from events.forms.importing import ActivityChoiceField, own_activities
from events.forms.report import DayField
from events.models import ActivityPage, AttendanceSheet, Session
from events.models.session import SessionQuerySet
from members.models import User
from trainings.models import TrainingPage

OFFERED = 100
A_SESSION = "Choisissez des sessions de la liste."
A_DOCUMENT = "Choisissez des documents de la liste."


class OfferForm(forms.Form):
    """Of which activity, and when: what the list of sessions is narrowed by."""

    activity = ActivityChoiceField(
        queryset=ActivityPage.objects.none(),
        label="Dispositif",
        required=False,
        empty_label="Tous les dispositifs",
        error_messages={"invalid_choice": "Choisissez un dispositif de la liste."},
    )
    since = DayField("Sessions du")
    until = DayField("Au")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user
        self.fields["activity"].queryset = own_activities(user)  # type: ignore[attr-defined]

    def sessions(self) -> SessionQuerySet:
        """One's own that have a closed sheet, the latest first."""
        closed = AttendanceSheet.objects.values("slot__session")
        found = coordinated_sessions(self.user).filter(pk__in=closed).order_by("-starts_at", "-pk")
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("activity"):
            found = found.filter(activity=asked["activity"])
        if asked.get("since"):
            found = found.filter(ends_at__date__gte=asked["since"])
        if asked.get("until"):
            found = found.filter(starts_at__date__lte=asked["until"])
        return found


class IssueForm(RefusableForm):
    """``asked``, the address, says which sessions are offered; one alone is chosen beforehand."""

    sessions = forms.TypedMultipleChoiceField(
        label="Sessions dont une feuille est close",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins une session.",
            "invalid_choice": A_SESSION,
            "invalid_list": A_SESSION,
        },
    )
    kinds = forms.MultipleChoiceField(
        label="Documents",
        widget=forms.CheckboxSelectMultiple,
        initial=[Certificate.Kind.PRESENCE],
        error_messages={
            "required": "Choisissez au moins un document.",
            "invalid_choice": A_DOCUMENT,
            "invalid_list": A_DOCUMENT,
        },
    )
    mails = forms.BooleanField(
        label="Envoyer à chaque personne le lien vers ses documents",
        required=False,
        help_text="Sans cela, elle les trouve dans son espace. Personne ne reçoit deux fois le même.",
    )

    def __init__(self, *args: Any, user: User, asked: QueryDict, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.offer = OfferForm(asked, user=user)
        rows = self.offer.sessions()
        one = row_number(asked.get("session", ""))
        if one is not None:
            rows = rows.filter(pk=one)
        found = list(rows[: OFFERED + 1])
        self.is_cut, self.is_one = len(found) > OFFERED, one is not None
        self.rows: dict[int, Session] = {each.pk: each for each in found[:OFFERED]}
        fields: dict[str, Any] = self.fields
        fields["sessions"].choices = [(pk, _words(each)) for pk, each in self.rows.items()]
        fields["sessions"].initial = list(self.rows) if self.is_one or asked.get("activity") else []
        activities = {each.activity_id for each in self.rows.values()}
        trains = TrainingPage.objects.filter(pk__in=activities).exists()
        kinds = Certificate.Kind.choices if trains else Certificate.Kind.choices[:1]
        fields["kinds"].choices = kinds

    def ask(self, *, by: User) -> IssueBatch:
        chosen = [self.rows[pk] for pk in self.cleaned_data["sessions"]]
        return batches.ask(
            sessions=chosen,
            kinds=self.cleaned_data["kinds"],
            title=_title(chosen),
            mails=self.cleaned_data["mails"],
            by=by,
        )


class RevokeForm(RefusableForm):
    reason = forms.CharField(
        label="Motif",
        max_length=REASON_LENGTH,
        help_text="La personne le lit dans le message qui la prévient. N’y nommez personne d’autre.",
        error_messages={
            "required": "Dites pourquoi : la personne le lira.",
            "max_length": f"{REASON_LENGTH} signes au plus.",
            "null_characters_not_allowed": "Ce texte contient un caractère qui ne s’écrit pas.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


def _words(session: Session) -> str:
    return f"{moments.short_day(session.starts_at)} · {session.title} · {session.activity.title}"


def _title(sessions: list[Session]) -> str:
    """« Sophrologie, 17/12/2026 », « Café des Soignants, 12 sessions »."""
    if len(sessions) == 1:
        return f"{sessions[0].title}, {moments.short_day(sessions[0].starts_at)}"
    activities = dict.fromkeys(each.activity.title for each in sessions)
    name = next(iter(activities)) if len(activities) == 1 else f"{len(activities)} dispositifs"
    return f"{name}, {len(sessions)} sessions"
