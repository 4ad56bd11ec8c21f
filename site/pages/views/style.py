"""The living style page, for maintainers: every shared piece, in every state, by day and by night."""

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pages.domain import style_guide
from pages.forms import StyleForm
from pages.models import live_activities

# Each is a template of pages/style/, shown in both themes.
PARTS = (
    ("texte", "Textes"),
    ("boutons", "Boutons et liens"),
    ("cartes", "Cartes et places"),
    ("listes", "Listes"),
    ("chemins", "Se déplacer"),
    ("messages", "Messages"),
    ("donnees", "Chiffres et tableaux"),
    ("personnes", "Personnes, documents, programme"),
    ("formulaires", "Formulaires"),
    ("inscrire", "S’inscrire"),
    ("blocs", "Blocs de contenu"),
)


@require_safe
@never_cache
def style(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO or request.user.is_superuser):
        raise Http404
    themes = [
        {
            "name": name,
            "words": words,
            "form": StyleForm.mistaken(f"{name}-%s"),
            "clean": StyleForm.clean_one(name),
            "agreements": style_guide.shown_agreements(name),
        }
        for name, words in (("light", "Clair"), ("dark", "Sombre"))
    ]
    context = {
        "parts": [
            {"name": name, "title": title, "template": f"pages/style/{name}.html"} for name, title in PARTS
        ],
        "themes": themes,
        "tokens": style_guide.tokens(),
        "contrasts": style_guide.contrasts(),
        "icons": style_guide.icons(),
        "sessions": style_guide.shown_sessions(),
        "blocks": style_guide.shown_blocks(),
        "activity": live_activities().first(),
        "organisation": style_guide.ORGANISATION,
        "shown_messages": [
            Message(messages.SUCCESS, "C’est enregistré."),
            Message(messages.INFO, "Un message vient de partir."),
            Message(messages.WARNING, "La date a changé."),
            Message(messages.ERROR, "Rien n’est enregistré."),
        ],
    }
    return render(request, "pages/style.html", context)
