"""How many people a change concerns, said before it and after it."""

from events.models import ACTIVE_STATES, Session


def active_people(session: Session) -> int:
    return session.registrations.filter(state__in=ACTIVE_STATES).count()


def people_told(number: int, *, future: bool = False) -> str:
    if not number:
        return (
            "Personne n’est inscrit : aucun message ne part."
            if future
            else "Aucun message n’était à envoyer."
        )
    if number == 1:
        return "Une personne sera prévenue par e-mail." if future else "Une personne est prévenue par e-mail."
    verb = "seront prévenues" if future else "sont prévenues"
    return f"{number} personnes {verb} par e-mail."
