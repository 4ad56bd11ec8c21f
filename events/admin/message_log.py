"""The log of what was or will be sent: list, one message, sending it again."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views import generic

from common import moments
from common.admin import TrimmedViewSet
from common.bounded import BoundedPaginator
from common.errors import DomainError
from events.access import coordinated_message_rules, coordinated_messages, held_messages
from events.admin.filters import SessionFilter, own_sessions
from events.admin.mailing import MailingView
from events.admin.scoping import OwnRowsMixin, OwnSessionsMixin
from events.domain.links import without_tokens
from events.domain.mails import sender
from events.domain.message_rules import resume
from events.domain.message_words import KINDS, RESTORED, error_in_words, kind_of
from events.domain.outbox import retry
from events.domain.restoring import drop_held, held, resend_held
from events.models import Message, MessageRule

State = Message.State


class OwnMessagesMixin(OwnRowsMixin):
    def own_rows(self) -> QuerySet[Message]:
        return coordinated_messages(self.request.user)  # type: ignore[arg-type]


def own_rules(request: HttpRequest) -> QuerySet[MessageRule]:
    return coordinated_message_rules(request.user).order_by("name", "pk")  # type: ignore[arg-type]


class MessageFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label="État", choices=State.choices)
    kind = django_filters.ChoiceFilter(label="Nature", choices=list(KINDS.items()))
    session = SessionFilter(label="Session", queryset=own_sessions)
    rule = django_filters.ModelChoiceFilter(label="Message programmé", queryset=own_rules)
    created_at = django_filters.DateFromToRangeFilter(label="Période", widget=DateRangePickerWidget)

    class Meta:
        model = Message
        fields = ["state", "kind", "session", "rule", "created_at"]


def person(message: Message) -> str:
    return message.registration.full_name if message.registration else message.recipient


def outcome(message: Message) -> str:
    """When it left, when it will be tried again, or why it will not be."""
    if message.state == State.SENT and message.sent_at:
        return f"Parti le {moments.short_moment(message.sent_at)}."
    decided = message.last_error == RESTORED and message.state != State.FAILED
    reason = "" if decided else error_in_words(message.last_error)
    if message.state == State.QUEUED:
        again = (
            f"Prochain essai le {moments.short_moment(message.next_try_at)}."
            if message.attempts
            else "Nouvel essai chaque minute."
            if reason
            else "Part bientôt."
        )
        return f"{reason} {again}".strip()
    return reason


class MessageIndexView(OwnMessagesMixin, generic.IndexView):
    page_title = "Messages"
    default_ordering = "-created_at"
    paginator_class = BoundedPaginator
    filterset_class = MessageFilterSet
    list_filter = None
    is_searchable = True
    search_fields = ["recipient"]
    search_backend_name = None

    def get_base_queryset(self) -> QuerySet[Message]:
        return self.own_rows().defer("body", "calendar")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = held_messages(self.request.user)  # type: ignore[arg-type]
        return {**super().get_context_data(**kwargs), "held": (held() & mine).count()}

    def search_queryset(self, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """By address or by name; plain text, never a query language."""
        for word in (self.search_query or "").replace("\x00", "")[:100].split()[:4]:
            queryset = queryset.filter(
                Q(recipient__icontains=word)
                | Q(registration__first_name__icontains=word)
                | Q(registration__last_name__icontains=word)
            )
        return queryset

    @property
    def columns(self) -> list[BaseColumn]:
        return [
            TitleColumn(
                "recipient", label="À", accessor=person, sort_key="recipient", get_url=self.get_inspect_url
            ),
            Column("kind", label="Nature", accessor=kind_of, sort_key="kind"),
            Column("session", label="Session", accessor="session.title"),
            StatusTagColumn(
                "state",
                label="État",
                accessor=lambda message: message.get_state_display().replace(" ", moments.NBSP),
                sort_key="state",
                primary=lambda message: message.state == State.SENT,
            ),
            Column("attempts", label="Essais", sort_key="attempts", classname="escale-attempts"),
            Column("outcome", label="Ce qu’il en est", accessor=outcome),
            Column(
                "created_at",
                label="Écrit le",
                accessor=lambda message: moments.short_moment(message.created_at),
                sort_key="created_at",
            ),
        ]

    def get_edit_url(self, instance: Message) -> None:
        return None


class MessageInspectView(OwnMessagesMixin, generic.InspectView):
    template_name = "events/admin/message_inspect.html"
    page_title = "Message"

    def get_page_subtitle(self) -> str:
        return kind_of(self.object)

    def get_edit_url(self) -> None:
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.object
        return {
            **super().get_context_data(**kwargs),
            "message": message,
            "text": without_tokens(message.body),
            "kind": kind_of(message),
            "outcome": outcome(message),
            "sender": sender(message.organisation.short_name),
            "can_retry": message.state == State.FAILED
            or (message.state == State.QUEUED and message.next_try_at > timezone.now()),
        }


class MessageRetryView(OwnMessagesMixin, View):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = self.get_object()
        try:
            retry(message=message, by=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Le message repart : il sera envoyé dans la minute.")
        return redirect("messages:inspect", message.pk)


class HeldView(View):
    """What a restoration held: all sent, or all put aside."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = held_messages(request.user)  # type: ignore[arg-type]
        if request.POST.get("do") == "resend":
            leaving, useless = resend_held(messages=mine, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"Messages qui repartent : {leaving} ; devenus sans objet : {useless}.")
        elif request.POST.get("do") == "drop":
            dropped = drop_held(messages=mine, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"Messages écartés : {dropped}.")
        return redirect("messages:index")


class ResumeView(OwnSessionsMixin, View):
    """Lets the rules speak of a copied session."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = resume(session=self.get_object(), by=request.user)  # type: ignore[arg-type]
        messages.success(request, f"Les messages programmés parleront de « {session.title} ».")
        return redirect("sessions:inspect", session.pk)


class MessageViewSet(TrimmedViewSet):
    """A log: nothing is added, edited nor deleted here."""

    model = Message
    name = "messages"
    url_prefix = "messages"
    icon = "mail"
    menu_label = "Envoyés"
    menu_order = 10
    inspect_view_enabled = True
    index_view_class = MessageIndexView
    index_template_name = "events/admin/message_index.html"
    inspect_view_class = MessageInspectView
    search_fields = MessageIndexView.search_fields
    kept = frozenset({"index", "index_results"})
    form_fields: list[str] = []

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("retenus/", HeldView.as_view(), name="held"),
            path("<int:pk>/renvoyer/", MessageRetryView.as_view(), name="retry"),
            path("ecrire/<int:pk>/", MailingView.as_view(), name="write"),
            path("session/<int:pk>/activer/", ResumeView.as_view(), name="resume"),
        ]


message_viewset = MessageViewSet()
