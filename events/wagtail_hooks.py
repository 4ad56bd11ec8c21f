"""What the events app adds to the Wagtail admin; the views are in ``events.admin``."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import register_permission_policy

from events.access import led_sessions
from events.admin import activities, embedding, exports, journal, pages, report, survey_results
from events.admin.importing import ImportAbandonView, ImportConfirmView, ImportPreviewView, ImportView
from events.admin.menu import CoordinatorMenuItem, arrange
from events.admin.messaging import messaging_group
from events.admin.panels import SessionsPanel
from events.admin.people import registration_viewset
from events.admin.people_bulk import PEOPLE_ACTIONS
from events.admin.policies import OwnedPolicy, SessionPolicy, coordinates
from events.admin.programmes import programme_viewset
from events.admin.questionnaires import questionnaire_viewset
from events.admin.questions import question_set_viewset
from events.admin.themes import ThemesPolicy, theme_viewset
from events.admin.viewset import session_viewset
from events.models import (
    ActivityPage,
    Message,
    MessageRule,
    Programme,
    Questionnaire,
    QuestionSet,
    Session,
    Theme,
)
from members.models import User

LOG_ACTIONS = {
    "escale.create": ("Créer", "Création"),
    "escale.edit": ("Modifier", "Modification"),
    "escale.settings": ("Régler", "Réglages du dispositif modifiés"),
    "escale.documents": ("Régler", "Modèles de documents modifiés"),
    "escale.training": ("Régler", "Réglages de la formation modifiés"),
    "escale.publish": ("Publier", "Session publiée"),
    "escale.cancel": ("Annuler", "Session annulée"),
    "escale.move": ("Reporter", "Session déplacée, inscrits prévenus"),
    "escale.promote": ("Promouvoir", "Promotion depuis la liste d’attente"),
    "escale.register": ("Inscrire", "Inscription par la coordination"),
    "escale.offer": ("Proposer", "Place proposée à la personne suivante"),
    "escale.accept_offer": ("Accepter", "Place proposée acceptée"),
    "escale.decline_offer": ("Refuser", "Place proposée refusée par la personne"),
    "escale.expire_offer": ("Expirer", "Place proposée sans réponse à temps"),
    "escale.approve": ("Accepter", "Demande acceptée"),
    "escale.decline": ("Refuser", "Demande refusée"),
    "escale.transfer": ("Changer de session", "Inscription déplacée vers une autre session"),
    "escale.withdraw": ("Désister", "Désistement noté par la coordination"),
    "escale.attendance": ("Émarger", "Présences notées"),
    "escale.walk_in": ("Ajouter sur place", "Personne ajoutée sur place"),
    "escale.close_sheet": ("Clore", "Feuille d’émargement close"),
    "escale.correct_sheet": ("Corriger", "Feuille d’émargement corrigée"),
    "escale.countersign": ("Contresigner", "Feuille d’émargement contresignée"),
    "escale.sign": ("Signer", "Signature à l’émargement"),
    "escale.attendee_link": ("Ouvrir un lien", "Lien vers la liste des participants créé"),
    "escale.renew_link": ("Renouveler un lien", "Lien vers la liste des participants renouvelé"),
    "escale.revoke_link": ("Révoquer un lien", "Lien vers la liste des participants révoqué"),
    "escale.open_list": ("Consulter", "Liste des participants ouverte par un lien"),
    "escale.import": ("Importer", "Participations importées"),
    "escale.export": ("Exporter", "Liste exportée"),
    "escale.export_report": ("Exporter", "Bilan exporté"),
    "escale.export_surveys": ("Exporter", "Résultats des avis exportés"),
    "escale.hide_text": ("Masquer", "Texte d’un avis masqué"),
    "escale.show_text": ("Montrer", "Texte d’un avis montré de nouveau"),
    "escale.create_programme": ("Créer", "Programme créé"),
    "escale.edit_programme": ("Modifier", "Programme modifié"),
    "escale.delete_programme": ("Supprimer", "Programme supprimé"),
    "escale.create_theme": ("Ajouter", "Thème ajouté"),
    "escale.edit_theme": ("Modifier", "Thème renommé"),
    "escale.delete_theme": ("Supprimer", "Thème supprimé"),
    "escale.create_questions": ("Créer", "Jeu de questions créé"),
    "escale.edit_questions": ("Modifier", "Jeu de questions modifié"),
    "escale.delete_questions": ("Supprimer", "Jeu de questions supprimé"),
    "escale.create_questionnaire": ("Créer", "Questionnaire créé"),
    "escale.edit_questionnaire": ("Modifier", "Questionnaire modifié"),
    "escale.delete_questionnaire": ("Supprimer", "Questionnaire supprimé"),
    "escale.assess": ("Évaluer", "Acquis évalués"),
    "escale.complete": ("Achever", "Formation achevée"),
    "escale.uncomplete": ("Retirer", "Formation plus achevée, après une correction"),
    "escale.issue": ("Délivrer", "Attestation délivrée"),
    "escale.batch": ("Délivrer", "Lot d’attestations demandé"),
    "escale.revoke": ("Révoquer", "Attestation révoquée"),
    "escale.message_rule": ("Programmer", "Message programmé modifié"),
    "escale.message": ("Écrire", "Message envoyé à une sélection"),
    "escale.retry": ("Renvoyer", "Message remis à l’envoi"),
    "escale.resume_messages": ("Activer", "Messages programmés activés"),
    "escale.profile": ("Corriger", "Profil corrigé par la personne"),
    "escale.calendar_address": ("Changer", "Adresse de l’agenda personnel changée"),
    "escale.consent": ("Accepter", "Accord donné"),
    "escale.withdraw_consent": ("Retirer", "Accord retiré"),
    "escale.erase": ("Effacer", "Données d’une personne effacées"),
    "escale.restore": ("Restaurer", "Sauvegarde restaurée"),
    "escale.resend_held": ("Renvoyer", "Messages retenus par une restauration remis à l’envoi"),
    "escale.drop_held": ("Écarter", "Messages retenus par une restauration écartés"),
    "escale.purge": ("Purger", "Données arrivées à leur terme effacées"),
    "escale.second_factor_removed": ("Retirer", "Deuxième facteur retiré par l’administration"),
}

register_permission_policy(Session, SessionPolicy(Session))
register_permission_policy(Theme, ThemesPolicy(Theme))
for owned in (Questionnaire, QuestionSet, Programme, MessageRule, Message):
    register_permission_policy(owned, OwnedPolicy(owned))
# Here and not on the model, which knows no form.
ActivityPage.base_form_class = pages.ActivityPageForm

hooks.register("before_move_page", pages.refuse_stray_move)
hooks.register("before_bulk_action", pages.refuse_stray_bulk_move)
hooks.register("before_delete_page", pages.refuse_deleting)
hooks.register("before_bulk_action", pages.refuse_bulk_deleting)
hooks.register("after_copy_page", pages.follow_the_tree)
hooks.register("construct_main_menu", arrange)


@hooks.register("escale_works_with_people")
def leads_sessions(user: User) -> bool:
    return led_sessions(user).exists()


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    return [
        session_viewset,
        registration_viewset,
        question_set_viewset,
        questionnaire_viewset,
        messaging_group,
        programme_viewset,
        theme_viewset,
    ]


@hooks.register("register_admin_viewset", order=1)
def register_explorer() -> pages.ExplorerViewSet:
    return pages.explorer_viewset


for people_action in PEOPLE_ACTIONS:
    hooks.register("register_bulk_action", people_action)


@hooks.register("construct_homepage_panels")
def add_sessions_panel(request: HttpRequest, panels: list[Component]) -> None:
    if coordinates(request.user):  # type: ignore[arg-type]
        panels.insert(0, SessionsPanel())


@hooks.register("construct_reports_menu")
def hide_reports(request: HttpRequest, menu_items: list[Any]) -> None:
    """Wagtail's reports name people of every organisation."""
    if not request.user.is_superuser:
        menu_items[:] = []


@hooks.register("register_admin_urls")
def register_import_and_report() -> list[URLPattern]:
    return [
        path("import/", ImportView.as_view(), name="import_participations"),
        path("import/<str:token>/", ImportPreviewView.as_view(), name="import_preview"),
        path("import/<str:token>/confirmer/", ImportConfirmView.as_view(), name="import_confirm"),
        path("import/<str:token>/abandonner/", ImportAbandonView.as_view(), name="import_abandon"),
        *activities.urlpatterns,
        *embedding.urlpatterns,
        *exports.urlpatterns,
        *journal.urlpatterns,
        *report.urlpatterns,
        *survey_results.urlpatterns,
    ]


@hooks.register("register_admin_menu_item")
def registrations_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        "Inscriptions",
        reverse("registrations:index"),
        name="inscriptions",
        icon_name="group",
        order=115,
    )


@hooks.register("register_admin_menu_item")
def import_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        "Importer", reverse("import_participations"), name="import", icon_name="upload", order=310
    )


@hooks.register("register_admin_menu_item")
def report_menu_item() -> MenuItem:
    return CoordinatorMenuItem(
        "Bilan", reverse("report"), name="bilan", icon_name="clipboard-list", order=320
    )
