"""What messages are called, and why one fails, in words that a coordinator understands."""

import re

from events.models import Message, MessageRule

RESTORED = "sauvegarde restaurée"  # the « error » of what a restoration held

# Kind, and what it is called; a rule's message bears the rule's name.
KINDS = {
    "confirmed": "Place confirmée",
    "waitlisted": "Mise en liste d’attente",
    "pending": "Demande reçue",
    "approved": "Demande acceptée",
    "declined": "Demande refusée",
    "promoted": "Place libérée",
    "offered": "Place proposée",
    "offer_declined": "Proposition déclinée",
    "offer_expired": "Proposition expirée",
    "withdrawn": "Désistement",
    "withdrawn_by_staff": "Retrait par la coordination",
    "transferred": "Changement de session",
    "season_limit": "Limite de la saison",
    "cancelled": "Session annulée",
    "moved": "Date ou lieu changé",
    "already_registered": "Déjà sur la liste",
    "after": "Remerciement, avis et attestation",
    "sheet_open": "Feuille d’émargement à clore",
    "attendee_link": "Lien vers la liste des participants",
    "certificate": "Attestation délivrée ou corrigée",
    "certificate_revoked": "Attestation révoquée",
    "rule": "Message programmé",
    "mailing": "Message de la coordination",
    "trial": "Essai",
}
CONNECTION = (
    "Connection",
    "Timeout",
    "timeout",
    "SMTPServerDisconnected",
    "SMTPConnectError",
    "gaierror",
    "OSError",
)
UNITS = {
    MessageRule.Moment.BEFORE: ("avant un créneau", "le jour même, le matin"),
    MessageRule.Moment.AFTER: ("après un créneau", "dès la fin du créneau"),
}

_CODE = re.compile(r"\b([245]\d\d)\b")


def kind_of(message: Message) -> str:
    if message.rule is not None:
        return message.rule.name
    return KINDS.get(message.kind, message.kind.replace("_", " ").capitalize())


def when_of(rule: MessageRule) -> str:
    """« 2 jours avant un créneau »."""
    if rule.moment == MessageRule.Moment.REGISTRATION:
        return "à l’inscription"
    words, same_day = UNITS[MessageRule.Moment(rule.moment)]
    if rule.days == 0:
        return same_day
    return f"{rule.days}\N{NO-BREAK SPACE}jour{'s' if rule.days > 1 else ''} {words}"


def error_in_words(error: str) -> str:
    """The error of the last try, which the outbox keeps as a class and a code."""
    if not error:
        return ""
    found = _CODE.search(error)
    code = found[1] if found else ""
    if error == RESTORED:
        return "Sauvegarde restaurée : ce message est peut-être déjà parti. Il attend votre décision."
    if "impossible" in error:
        return "Cette adresse ne peut recevoir aucun message."
    if "RecipientsRefused" in error:
        if code.startswith("5"):
            return f"Le serveur du destinataire refuse cette adresse (code {code})."
        return f"Le serveur du destinataire demande d’attendre (code {code})." if code else "Adresse refusée."
    if "DataError" in error and code.startswith("5"):
        return f"Le serveur du destinataire refuse le contenu de ce message (code {code})."
    if "Authentication" in error:
        return "Notre serveur d’envoi refuse notre mot de passe : prévenez l’administration."
    if error.startswith(CONNECTION) or "ConnectionRefused" in error:
        return "Le serveur d’envoi ne répondait pas."
    return f"L’envoi a échoué{f' (code {code})' if code else ''} ; le détail est au journal du serveur."
