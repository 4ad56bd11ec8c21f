"""The page that says what came of a form: made once for all who are told the same, until something changes.

When a hundred people register in a minute, only the address and the rank are each one's own: they are put
in afterwards. Whoever is signed in, or has a message to read, gets a page of their own.
"""

import json
import re
from hashlib import blake2b
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape

from common.page_generation import kept
from common.prepared import hold
from events.domain.eligibility import said_waiting
from events.domain.session_page import PARTS
from events.models import Session

# Where the address and the rank will stand: nobody writes these characters.
ADDRESS, RANK = "\ue000address\ue000", "\ue000rank\ue000"
OWN = re.compile(f"{ADDRESS}|{RANK}")


def outcome_page(request: HttpRequest, session: Session, outcome: dict[str, Any]) -> HttpResponse:
    rule = said_waiting(session, why=outcome["why"])
    context = {"session": session, "outcome": outcome, "waiting_rule": rule}
    if request.user.is_authenticated or len(get_messages(request)):
        return HttpResponse(_made(request, context))
    own = {ADDRESS: escape(outcome["email"]), RANK: str(outcome["position"])}
    alike = {**outcome, "email": ADDRESS, "position": RANK, "at": None}
    page = kept(_name(context, alike), lambda: _made(request, {**context, "outcome": alike}))
    return HttpResponse(OWN.sub(lambda place: own[place[0]], page))


def _made(request: HttpRequest, context: dict[str, Any]) -> str:
    hold(context["session"], "slots", PARTS["slots"](context["session"].pk))
    return render_to_string("events/registered.html", context, request)


def _name(context: dict[str, Any], alike: dict[str, Any]) -> str:
    said = json.dumps([context["session"].pk, context["waiting_rule"], alike], sort_keys=True)
    return f"outcome:{blake2b(said.encode(), digest_size=16).hexdigest()}"
