"""The words in braces of a coordinator's text: an allow-list, replaced once and never evaluated.

What replaces a word is not read again: somebody whose first name is « {lien} » keeps it.
"""

import re

from common import moments
from common.errors import DomainError
from events.domain import layout
from events.domain.links import registration_url
from events.domain.mails import one_line
from events.models import Registration, Session, Slot

# Word, and what it stands for, in the order in which a coordinator reads them.
PLACEHOLDERS = {
    "prenom": "le prénom de la personne",
    "nom": "son nom",
    "dispositif": "le nom du dispositif",
    "theme": "le titre de la session",
    "date": "le jour, par exemple « jeudi 17 décembre 2026 »",
    "heure": "l’heure du début, par exemple « 19 h »",
    "lieu": "le lieu et l’adresse",
    "acces": "transports, étage, fauteuil…",
    "connexion": "le lien de connexion, pour les seules personnes confirmées",
    "places": "le nombre de places encore libres",
    "lien": "le lien personnel, pour voir son inscription ou se désister",
    "structure": "le nom de votre structure",
    "contact": "l’adresse e-mail de votre structure",
}
LINKS = ("lien", "connexion")
NO_LINKS_IN_SUBJECT = "Un lien se met dans le texte, jamais dans l’objet."

_IN_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


def fill(text: str, *, registration: Registration, slot: Slot | None = None, link: str | None = None) -> str:
    """``text`` for one person, about ``slot`` or else the whole session.

    ``link`` stands for the personal link where nobody may open it, as in a trial.
    """
    session = registration.session
    asked = set(_IN_BRACES.findall(text))
    values = _facts(session, slot) if asked - {"prenom", "nom", "lien"} else {}
    confirmed = registration.state == Registration.State.CONFIRMED
    values |= {
        "prenom": one_line(registration.first_name),
        "nom": one_line(registration.last_name),
        "connexion": session.online_url if confirmed else "",
    }
    if "lien" in asked:
        values["lien"] = registration_url(registration) if link is None else link
    return _IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def check(*, subject: str, body: str) -> None:
    """Raises ``DomainError`` naming the field that holds an unknown word, or a link where none belongs."""
    for field, text in (("subject", subject), ("body", body)):
        unknown = [word for word in _IN_BRACES.findall(text) if word not in PLACEHOLDERS]
        if unknown:
            allowed = ", ".join(f"{{{word}}}" for word in PLACEHOLDERS)
            raise DomainError(f"{{{unknown[0]}}} n’existe pas. Vous pouvez écrire : {allowed}.", field=field)
    if _ADDRESS.search(subject) or any(word in LINKS for word in _IN_BRACES.findall(subject)):
        raise DomainError(NO_LINKS_IN_SUBJECT, field="subject")


def _facts(session: Session, slot: Slot | None) -> dict[str, str]:
    """What is the same for everybody; the slots are read only when no slot is given."""
    slots = [slot] if slot else list(session.slots.all())
    days = list(dict.fromkeys(moments.day(each.starts_at) for each in slots))
    organisation = session.activity.organisation
    online = session.modality == Session.Modality.ONLINE
    return {
        "dispositif": session.activity.title,
        "theme": session.title,
        "date": " et ".join(filter(None, [", ".join(days[:-1]), *days[-1:]])),
        "heure": moments.hour(slots[0].starts_at) if slots else "",
        "lieu": layout.where(session) or ("à distance" if online else ""),
        "acces": session.access,
        "places": str(session.seats_left),
        "structure": organisation.name,
        "contact": organisation.email,
    }
