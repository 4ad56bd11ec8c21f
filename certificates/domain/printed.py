"""What a document says of the facts of a certificate, in the words that are printed."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from certificates.domain import images
from certificates.domain.links import verification_home, verification_url
from certificates.domain.numbers import grouped
from certificates.models import Certificate
from common import moments
from trainings.models import Assessment, TrainingSettings

Facts = dict[str, Any]
Level = Assessment.Level
Results = list[tuple[str, list[str]]]  # level → objectives
PROOF = {
    Certificate.Kind.PRESENCE: (
        "Preuve de présence, établie d’après la feuille d’émargement close par la structure. "
        "Elle ne préjuge pas des acquis."
    ),
    Certificate.Kind.COMPLETION: (
        "Attestation établie d’après les feuilles d’émargement closes par la structure."
    ),
    Certificate.Kind.REALISATION: (
        "1. Dans le cadre des formations à distance, prendre en compte la réalisation des activités "
        "pédagogiques et le temps estimé pour les réaliser."
    ),
}
TOTALS = {
    Certificate.Kind.PRESENCE: "Durée totale de présence",
    Certificate.Kind.COMPLETION: "Durée suivie",
}
ROOM = 10  # lines of a page that breathes; more are set closer


def printed(certificate: Certificate) -> Facts:
    """The context of the templates of ``certificates/pdf``."""
    facts, kind = certificate.facts, certificate.kind
    words = {**_UNSAID, **facts.get("document", {})}
    words["title"] = words["title"] or certificate.get_kind_display()
    words["legal_name"] = words["legal_name"] or facts["organisation"]
    words["opening"] = words["opening"] or (
        "" if kind == "realisation" else f"{words['legal_name']} atteste que"
    )
    training, days = facts.get("training", {}), _days(facts["slots"])
    results = _results(training.get("objectives", []))
    return {
        "facts": facts,
        "words": words,
        "days": "\n".join(text[:1].upper() + text[1:] for text in days),
        "period": _period(facts["slots"]),
        "total": moments.duration(facts["minutes"]),
        "total_label": TOTALS.get(Certificate.Kind(kind), ""),
        "kind": kind,
        "issuer": _lines(words["legal_name"], facts["organisation_city"]),
        "theme": _lines(*_theme(kind, facts)),
        "done": _lines(*_done(kind, words, facts)),
        "number": grouped(certificate.number),
        "url": verification_url(certificate),
        "home": verification_home(),
        "legal": "\n".join(_legal(certificate, words)),
        "density": _density(kind, facts, words, days, results),
        **_of_training(training, results),
    }


_UNSAID = dict.fromkeys(
    (
        "title",
        "opening",
        "closing",
        "legal_name",
        "legal_line",
        "signatory_role",
        "place",
        "declaration_number",
        "declaration_region",
        "logo",
    ),
    "",
)


def _of_training(training: Facts, results: Results) -> Facts:
    if not training:
        return {}
    chosen = training["nature"]
    dpc = f"Action de DPC n° {training['dpc_number']}" if training["dpc_number"] else ""
    planned = training["planned_minutes"]
    nature = _label(chosen) + (f" · durée prévue : {moments.duration(planned)}" if planned else "")
    trainers = " · ".join(training["trainers"])
    assessed = any(level for level, _ in results)
    return {
        "nature": _lines(nature, dpc, f"Avec {trainers}" if trainers else ""),
        "natures": _lines(*(str(label).lower() for label in TrainingSettings.Nature.labels)),
        "chosen": _label(chosen).lower(),
        "boxes": images.boxes(
            len(TrainingSettings.Nature), ticked=TrainingSettings.Nature.values.index(chosen)
        ),
        "dpc": dpc,
        "results": results,
        "results_title": "Objectifs et résultats de l’évaluation"
        if assessed
        else "Objectifs de la formation",
    }


def _label(nature: str) -> str:
    return dict(TrainingSettings.Nature.choices).get(nature, nature)


def _results(objectives: Iterable[Facts]) -> Results:
    """Level → objectives; those not assessed last, without a level when none is."""
    found: dict[str, list[str]] = {level: [] for level in (*Level.values, "")}
    for each in objectives:
        found[each["level"]].append(each["objective"])
    labels = {level.value: str(level.label) for level in Level}
    labels[""] = "Non évalué" if any(found[level] for level in labels) else ""
    return [(labels[level], texts) for level, texts in found.items() if texts]


def _days(slots: list[Facts]) -> list[str]:
    """« mardi 3 mars 2026, de 9 h à 12 h 30 et de 14 h à 17 h », a line per day."""
    times = [(*_ends(slot), slot["minutes"]) for slot in slots]
    return [
        f"{day}, {' et '.join(_hours(*each) for each in of_day)}"
        for day, of_day in groupby(times, key=lambda each: moments.day(each[0]))
    ]


def _hours(starts_at: datetime, ends_at: datetime, minutes: int) -> str:
    text = moments.hours(starts_at, ends_at)
    if minutes * 60 < (ends_at - starts_at).total_seconds():
        return f"{text} (présence : {moments.duration(minutes)})"
    return text


def _ends(slot: Facts) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(slot["starts_at"]), datetime.fromisoformat(slot["ends_at"])


def _period(slots: list[Facts]) -> str:
    days = sorted(timezone.localtime(end).date() for slot in slots for end in _ends(slot)[:1])
    first, last = moments.date_text(days[0]), moments.date_text(days[-1])
    return f"le {first}" if first == last else f"du {first} au {last}"


def _done(kind: str, words: Facts, facts: Facts) -> Iterable[str]:
    """Where, when and who signs; on the Ministry's model, with room for a stamp below."""
    place = words["place"] or facts["organisation_city"]
    day = moments.date_text(date.fromisoformat(facts["issued_on"]))
    yield f"{place}, le {day}" if place else f"Le {day}"
    if kind == Certificate.Kind.REALISATION:
        yield "Cachet et signature du responsable du dispensateur de formation"
        yield ", ".join(filter(None, [facts["signatory"], words["signatory_role"]]))
    else:
        yield facts["signatory"]
        yield words["signatory_role"]


def _theme(kind: str, facts: Facts) -> Iterable[str]:
    """The Ministry's model says no place."""
    yield facts["title"] if facts["title"] != facts["activity"] else ""
    yield facts["place"] if kind != Certificate.Kind.REALISATION else ""


def _lines(*lines: str) -> str:
    """One paragraph of several lines: a box less to lay out for each."""
    return "\n".join(filter(None, lines))


def _legal(certificate: Certificate, words: Facts) -> Iterable[str]:
    yield PROOF[Certificate.Kind(certificate.kind)]
    if replaced := certificate.facts.get("replaces"):
        yield f"Remplace le document n° {grouped(replaced)}."
    if words["legal_line"]:
        yield words["legal_line"]
    if words["declaration_number"] and "training" in certificate.facts:
        yield declaration(words["declaration_number"], words["declaration_region"])


def declaration(number: str, region: str) -> str:
    """Code du travail, article L. 6352-12."""
    of = "d’" if region[:1].lower() in "aàâeéèêiîoôuhy" else "de "
    prefect = f" auprès du préfet de région {of}{region}" if region else ""
    return (
        f"Déclaration d’activité enregistrée sous le numéro {number}{prefect}. "
        "Cet enregistrement ne vaut pas agrément de l’État."
    )


def _density(kind: str, facts: Facts, words: Facts, days: list[str], results: Results) -> str:
    """Only the look hangs on it: what does not fit flows to a second page."""
    if kind == Certificate.Kind.REALISATION:
        return "tight"
    texts = [facts[key] for key in ("activity", "title", "place", "profession")]
    texts += [words["closing"], *days, *(text for _, texts in results for text in texts)]
    lines = sum(len(text) // 80 + text.count("\n") + 1 for text in texts if text)
    lines += 2 * (len(facts["person"]) // 36) + 2 * len(results)
    return "tight" if lines > ROOM - (8 if kind == Certificate.Kind.COMPLETION else 0) else "roomy"
