"""The journal in words: what was done, and what was before and after, with no number that says nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime

from common import moments
from events.forms.standing import NOTHING, plain
from events.models import JournalEntry, Registration, Session
from members.models import Organisation

Names = Mapping[int, str]

# Where Wagtail's registry has one word for things of several kinds.
SAID = {
    (Session, "escale.create"): "Session créée",
    (Session, "escale.edit"): "Session modifiée",
    (Organisation, "escale.create"): "Structure ouverte",
    (Organisation, "escale.edit"): "Structure modifiée",
    (Registration, "escale.edit"): "Inscription modifiée",
}
LABELS = {
    "before": "Avant",
    "after": "Après",
    "reason": "Motif",
    "slots": "Créneaux",
    "file_type": "Format",
    "rows": "Lignes",
    "created": "Nouvelles inscriptions",
    "updated": "Inscriptions mises à jour",
    "scores": "Notes",
    "version": "Version de la feuille",
    "fields": "Champs",
    "sessions": "Sessions",
    "activities": "Dispositifs",
    "period": "Période",
    "columns": "Colonnes",
    "recipients": "Destinataires",
    "what": "Document",
    "state": "État",
}
COLUMNS = {
    "sign_in_sheet": "feuille d’émargement",
    "order_of_arrival": "ordre d’arrivée",
    "signature": "signature",
    "pdf": "PDF",
    "csv": "CSV",
    "xlsx": "XLSX",
}
STATES = dict(Registration.State.choices)


def title(entry: JournalEntry) -> str:
    """« Places modifiées », in the words of what it was done to."""
    if "coordinator_named" in entry.data:
        return "Coordination confiée"
    if "coordinator_ended" in entry.data:
        return "Coordination terminée"
    model = _model(entry)
    return SAID.get((model, entry.action), str(entry.message)) if model else str(entry.message)


def lines(entry: JournalEntry, *, people: Names, registrations: Names, slots: Names) -> list[str]:
    """Each change on its line: « Places : 12 → 14 ». Names are given: the journal holds none."""
    data: dict[str, Any] = entry.data
    special: dict[str, Callable[[Any], str]] = {
        "coordinator_named": lambda pk: people.get(pk, f"Compte n° {pk}"),
        "coordinator_ended": lambda pk: people.get(pk, f"Compte n° {pk}"),
        "registration": lambda pk: registrations.get(pk, f"Inscription n° {pk}"),
        "slot": lambda pk: f"Créneau : {slots.get(pk, f'n° {pk}')}",
        "link": lambda pk: f"Par le lien n° {pk}",
        "marks": lambda marks: f"Présences notées : {len(marks)}",
        "corrected": lambda people: f"Personnes corrigées : {len(people)}",
        "roles": lambda _change: "Personnes qui animent modifiées",
        "agenda": lambda _change: "Programme modifié",
        "documents": lambda _change: "Documents joints modifiés",
    }
    if _is_change(data):
        return _pair(entry, data)
    said = []
    for key, value in data.items():
        if key in special:
            said.append(special[key](value))
        elif isinstance(value, dict) and _is_change(value):
            said.append(f"{_label(entry, key)} : {_arrow(entry, key, value)}")
        elif key in LABELS and value not in (None, "", [], {}):
            said.append(f"{LABELS[key]} : {_words(entry, key, value)}")
    return said


def named(entries: list[JournalEntry]) -> tuple[set[int], set[int], set[int]]:
    """Ids of the people, registrations and slots that ``entries`` tell of."""
    people = {
        entry.data[key]
        for entry in entries
        for key in ("coordinator_named", "coordinator_ended")
        if isinstance(entry.data.get(key), int)
    }
    told = {one for entry in entries if isinstance(one := entry.data.get("registration"), int)}
    told |= {int(entry.object_id) for entry in entries if _model(entry) is Registration}
    slots = {one for entry in entries if isinstance(one := entry.data.get("slot"), int)}
    return people, told, slots


def _is_change(data: Mapping[str, Any]) -> bool:
    return "before" in data and "after" in data


def _pair(entry: JournalEntry, data: Mapping[str, Any]) -> list[str]:
    """``{"before": …, "after": …}`` on the whole, be it a state or one value per field."""
    before, after = data["before"], data["after"]
    rest = [f"Motif : {_words(entry, 'reason', data['reason'])}"] if data.get("reason") else []
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = {key: {"before": before.get(key), "after": after.get(key)} for key in after}
        changes = [
            f"{_label(entry, key)} : {_arrow(entry, key, pair)}"
            for key, pair in pairs.items()
            if pair["before"] != pair["after"]
        ]
        return [*changes, *rest]
    return [_arrow(entry, "state", data), *rest]


def _arrow(entry: JournalEntry, key: str, change: Mapping[str, Any]) -> str:
    return f"{_words(entry, key, change['before'])} → {_words(entry, key, change['after'])}"


def _label(entry: JournalEntry, key: str) -> str:
    field = _field(entry, key)
    name = str(field.verbose_name) if field is not None else LABELS.get(key, key.replace("_", " "))
    return name[:1].upper() + name[1:]


def _words(entry: JournalEntry, key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_words(entry, key, one) for one in value) or NOTHING
    text = str(value)
    field = _field(entry, key)
    if field is not None and field.choices:
        text = str(dict(field.flatchoices).get(text, text))
    if text in ("True", "False"):
        return "oui" if text == "True" else "non"
    if text in ("", "None", "[]"):
        return NOTHING
    moment = parse_datetime(text) if len(text) > 10 and text[4:5] == "-" else None
    if moment is not None and moment.tzinfo is not None:
        return moments.moment(moment)
    return COLUMNS.get(text) or str(STATES.get(text) or plain(text))


def _field(entry: JournalEntry, key: str) -> Any:
    model = _model(entry)
    if model is None:
        return None
    try:
        field = model._meta.get_field(key)
    except FieldDoesNotExist:
        return None
    return field if hasattr(field, "flatchoices") else None


def _model(entry: JournalEntry) -> type[models.Model] | None:
    return entry.content_type.model_class() if entry.content_type_id else None
