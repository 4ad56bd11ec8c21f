"""What the events app adds to the Wagtail admin."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

LOG_ACTIONS = {
    "escale.create": ("Créer", "Session créée"),
    "escale.edit": ("Modifier", "Session modifiée"),
    "escale.publish": ("Publier", "Session publiée"),
    "escale.cancel": ("Annuler", "Session annulée"),
    "escale.move": ("Reporter", "Session déplacée, inscrits prévenus"),
    "escale.promote": ("Promouvoir", "Promotion depuis la liste d’attente"),
    "escale.register": ("Inscrire", "Inscription par la coordination"),
    "escale.withdraw": ("Désister", "Désistement noté par la coordination"),
    "escale.attendance": ("Émarger", "Présences notées"),
    "escale.walk_in": ("Ajouter sur place", "Personne ajoutée sur place"),
    "escale.close_sheet": ("Clore", "Feuille d’émargement close"),
    "escale.import": ("Importer", "Participations importées"),
    "escale.export": ("Exporter", "Liste exportée"),
    "escale.issue": ("Délivrer", "Attestation délivrée"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)
