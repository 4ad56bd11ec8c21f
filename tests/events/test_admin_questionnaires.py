"""The coordinator's screens of questionnaires."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from events.domain.activity_settings import save_settings
from events.models import ActivitySettings, Questionnaire, Survey, SurveyQuestion
from tests.events.test_admin_questions import coordinator_of, posted, signed_in
from tests.factories import make_activity, make_organisation, make_session
from tests.questionnaires import make_questionnaire

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

PACE = {"kind": "matrix", "label": "Diriez-vous que…", "rows": "Le rythme convenait\nOn pouvait parler"}
AGAIN = {"kind": "yesno", "label": "Reviendriez-vous ?"}


@pytest.fixture
def questionnaire() -> Questionnaire:
    return make_questionnaire(PACE, AGAIN, name="Après un café")


@pytest.fixture
def desk(questionnaire: Questionnaire) -> Client:
    return signed_in(coordinator_of(questionnaire.organisation))


def url(name: str, *args: Any) -> str:
    return reverse(f"questionnaires:{name}", args=args)


def as_shown(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    return [
        {
            "id": each.pk,
            "label": each.label,
            "kind": each.kind,
            "options": each.options,
            "rows": each.rows,
            "help_text": each.help_text,
        }
        for each in questionnaire.questions.order_by("sort_order")
    ]


def stored(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    rows = SurveyQuestion.objects.filter(questionnaire=questionnaire).order_by("sort_order")
    return [(each.key, each.label) for each in rows]


def test_a_questionnaire_is_made_of_every_kind_of_question(desk: Client) -> None:
    lines = [
        {"kind": "score", "label": "Votre note ?"},
        {"kind": "scale", "label": "Utile ?"},
        {"kind": "yesno", "label": "Reviendrez-vous ?"},
        {"kind": "choice", "label": "Quand ?", "options": "Midi\nSoir\n\nSoir", "rows": "ignorée"},
        {"kind": "multiple", "label": "Quoi ?", "options": "Yoga\nMarche"},
        {"kind": "text", "label": "Un mot ?", "options": "ignoré"},
        {"kind": "matrix", "label": "Diriez-vous", "rows": "Utile \nClair"},
    ]
    response = desk.post(url("add"), posted(*lines, name="Neuf"))
    assert response.status_code == 302, response.text
    made = Questionnaire.objects.get(name="Neuf")
    assert [each.kind for each in made.questions.all()] == [line["kind"] for line in lines]
    assert [each.options for each in made.questions.all()][3:6] == ["Midi\nSoir", "Yoga\nMarche", ""]
    assert [each.rows for each in made.questions.all()][3::3] == ["", "Utile\nClair"]
    assert len({each.key for each in made.questions.all()}) == 7
    page = desk.get(url("preview", made.pk)).text
    assert "Un mot ?" in page
    assert page.count('type="radio"') == 11 + 5 + 2 + 2 + 10
    assert "<button" not in page.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"label": "  "}, "obligatoire"),
        ({"kind": "choice", "options": "Seul"}, "Écrivez au moins deux choix, un par ligne."),
        ({"kind": "multiple", "options": "A\nA"}, "Écrivez au moins deux choix, un par ligne."),
        ({"kind": "choice", "options": "\n".join(map(str, range(21)))}, "Proposez 20 choix au plus."),
        ({"kind": "choice", "options": "x" * 121 + "\ny"}, "Chaque ligne compte 120 signes au plus."),
        ({"kind": "matrix"}, "Écrivez au moins une ligne de la grille."),
        ({"kind": "matrix", "rows": "\n".join(map(str, range(11)))}, "Proposez 10 lignes au plus."),
        (AGAIN | {"label": "reviendriez vous"}, "Cette question est déjà posée plus haut."),
    ],
)
def test_a_mistake_stands_beside_its_question_and_keeps_everything(
    desk: Client, questionnaire: Questionnaire, line: dict[str, Any], sentence: str
) -> None:
    before = stored(questionnaire)
    data = posted(*as_shown(questionnaire), line, stored=2, version=1, name="Autre nom")
    response = desk.post(url("edit", questionnaire.pk), data)
    assert response.status_code == 422
    assert sentence in response.text
    assert "Autre nom" in response.text
    assert stored(questionnaire) == before


def test_a_questionnaire_without_a_question_or_with_too_many_is_refused(desk: Client) -> None:
    assert "Écrivez au moins une question." in desk.post(url("add"), posted(name="Vide")).text
    many = [{"label": f"Question {rank}"} for rank in range(21)]
    assert "20 questions au plus" in desk.post(url("add"), posted(*many, name="Long")).text


def test_a_key_stays_while_the_question_means_the_same(desk: Client, questionnaire: Questionnaire) -> None:
    (pace, _), (again, _) = stored(questionnaire)

    def save(*lines: dict[str, Any]) -> list[tuple[str, str]]:
        version = Questionnaire.objects.get().version
        shown = as_shown(Questionnaire.objects.get())
        data = posted(
            *(one | line for one, line in zip(shown, lines, strict=True)), stored=2, version=version
        )
        assert desk.post(url("edit", questionnaire.pk), data).status_code == 302
        return stored(questionnaire)

    # In another order, with another help, a capital and a comma: the same question.
    moved = save({"ORDER": 2, "help_text": "Sans détour"}, {"ORDER": 1, "label": "REVIENDRIEZ-VOUS, ?"})
    assert [key for key, _label in moved] == [again, pace]
    # Other words, or another line in the grid: another question.
    changed = save({"label": "Recommanderiez-vous ?"}, {"rows": "Le rythme convenait"})
    assert not {key for key, _label in changed} & {pace, again}
    # As it was: the first one again.
    back = save({"label": "Reviendriez-vous ?"}, {"rows": PACE["rows"]})
    assert [key for key, _label in back] == [again, pace]


def test_the_same_question_has_the_same_key_in_another_questionnaire(
    desk: Client, questionnaire: Questionnaire
) -> None:
    desk.post(url("add"), posted(AGAIN, {"kind": "score", "label": "Et vous ?"}, name="Autre"))
    assert stored(Questionnaire.objects.get(name="Autre"))[0][0] == stored(questionnaire)[1][0]


def test_escales_own_is_copied_with_its_keys_and_then_completed(desk: Client) -> None:
    assert "Quelle note donnez-vous" in desk.get(url("standard")).text
    assert desk.get(url("copy_standard")).status_code == 200
    assert Questionnaire.objects.count() == 1
    response = desk.post(url("copy_standard"))
    copied = Questionnaire.objects.get(name__startswith="Questionnaire d’Escale")
    assert response["Location"] == url("edit", copied.pk)
    assert [key for key, _label in stored(copied)] == ["note", "utile", "accueil", "mot"]

    lines = [*as_shown(copied), {"kind": "yesno", "label": "Recommanderiez-vous ?"}]
    assert desk.post(url("edit", copied.pk), posted(*lines, stored=4, version=1)).status_code == 302
    assert [key for key, _label in stored(copied)][:4] == ["note", "utile", "accueil", "mot"]


def test_who_coordinates_two_organisations_says_for_which_one_to_copy(desk: Client) -> None:
    mine, second, stranger = (
        Questionnaire.objects.get().organisation,
        make_organisation(),
        make_organisation(),
    )
    both = coordinator_of(mine)
    both.memberships.create(organisation=second, role="coordination", since="2024-01-01")
    client = signed_in(both)
    page = client.get(url("copy_standard")).text
    assert second.name in page
    assert stranger.name not in page
    for wrong in ({}, {"organisation": stranger.pk}, {"organisation": "x"}, {"organisation": "9" * 30}):
        assert client.post(url("copy_standard"), wrong).status_code == 404
    assert client.post(url("copy_standard"), {"organisation": second.pk}).status_code == 302
    assert Questionnaire.objects.filter(organisation=second).exists()


def test_rows_all_removed_are_refused_in_a_sentence_whatever_their_order(
    desk: Client, questionnaire: Questionnaire
) -> None:
    removed = [each | {"DELETE": "on", "ORDER": "%"} for each in as_shown(questionnaire)]
    response = desk.post(url("edit", questionnaire.pk), posted(*removed, stored=2, version=1))
    assert response.status_code == 422
    assert "Écrivez au moins une question." in response.text


def test_copying_keeps_keys_and_leads_to_the_copy(desk: Client, questionnaire: Questionnaire) -> None:
    assert desk.get(url("copy", questionnaire.pk)).status_code == 200
    assert Questionnaire.objects.count() == 1
    response = desk.post(url("copy", questionnaire.pk))
    copied = Questionnaire.objects.exclude(pk=questionnaire.pk).get()
    assert response["Location"] == url("edit", copied.pk)
    assert stored(copied) == stored(questionnaire)


def test_the_second_editor_sees_what_stands_and_may_then_save(
    desk: Client, questionnaire: Questionnaire
) -> None:
    mine = posted(*as_shown(questionnaire), stored=2, version=1, name="À moi")
    theirs = posted(*as_shown(questionnaire), {"label": "Ajoutée ?"}, stored=2, version=1, name="À eux")
    assert desk.post(url("edit", questionnaire.pk), theirs).status_code == 302
    warned = desk.post(url("edit", questionnaire.pk), mine)
    assert warned.status_code == 422
    assert "après que vous l’avez ouverte" in warned.text
    assert "Ajoutée ?" in warned.text
    version = re.search(r'name="version" value="(\d+)"', warned.text)
    assert version
    assert desk.post(url("edit", questionnaire.pk), mine | {"version": version[1]}).status_code == 302
    assert Questionnaire.objects.get(pk=questionnaire.pk).name == "À moi"


def test_one_that_an_activity_asks_says_where_and_is_not_deleted(
    desk: Client, questionnaire: Questionnaire
) -> None:
    activity = make_activity(questionnaire.organisation, title="Café du port")
    asking = ActivitySettings.objects.create(
        activity=activity, questionnaire_before=questionnaire, questionnaire_delayed=questionnaire
    )
    page = desk.get(url("edit", questionnaire.pk)).text
    assert "Café du port" in page
    assert "avant, à froid" in page
    assert "Café du port" in desk.post(url("delete", questionnaire.pk), follow=True).text
    assert Questionnaire.objects.exists()
    asking.delete()
    assert desk.get(url("delete", questionnaire.pk)).status_code == 200
    desk.post(url("delete", questionnaire.pk))
    assert not Questionnaire.objects.exists()


def test_what_was_asked_stays_when_a_questionnaire_changes_or_goes(
    desk: Client, questionnaire: Questionnaire
) -> None:
    now = timezone.now()
    asked = [{"key": "q1", "kind": "yesno", "label": "Alors ?"}]
    survey = Survey.objects.create(
        session=make_session(), questionnaire=questionnaire, questions=asked, opened_at=now, closes_at=now
    )
    assert "1 questionnaire déjà parti" in desk.get(url("edit", questionnaire.pk)).text
    desk.post(url("edit", questionnaire.pk), posted({"label": "Neuve ?"}, version=1))
    desk.post(url("delete", questionnaire.pk))
    survey.refresh_from_db()
    assert (survey.questionnaire, survey.questions) == (None, asked)


def test_the_history_tells_what_was_done(desk: Client, questionnaire: Questionnaire) -> None:
    desk.post(url("edit", questionnaire.pk), posted(*as_shown(questionnaire), stored=2, version=1))
    assert "Questionnaire modifié" in desk.get(url("history", questionnaire.pk)).text
    assert "Après un café" in desk.get(reverse("journal")).text


def test_the_menu_leads_there(desk: Client) -> None:
    assert url("index") in desk.get(reverse("wagtailadmin_home")).text


@pytest.mark.parametrize("name", ["edit", "delete", "copy", "preview", "history"])
def test_another_organisations_questionnaire_does_not_exist(name: str, questionnaire: Questionnaire) -> None:
    client = signed_in(coordinator_of(make_organisation()))
    assert client.get(url(name, questionnaire.pk)).status_code == 404
    assert client.post(url(name, questionnaire.pk), posted()).status_code in (404, 405)
    assert "Après un café" not in client.get(url("index")).text
    assert Questionnaire.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, questionnaire: Questionnaire, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number - 1):
        make_questionnaire(AGAIN, organisation=questionnaire.organisation)
    desk.get(url("index"))
    with django_assert_num_queries(11):
        assert desk.get(url("index")).text.count("Après un café") >= 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_costs_the_same_for_one_activity_and_for_three(
    desk: Client, questionnaire: Questionnaire, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        activity = make_activity(questionnaire.organisation)
        ActivitySettings.objects.create(activity=activity, questionnaire_after=questionnaire)
    desk.get(url("edit", questionnaire.pk))
    with django_assert_num_queries(15):
        assert desk.get(url("edit", questionnaire.pk)).text.count("(à chaud)") == number


# --- Chosen in the settings of an activity

RULES = {"promotion": "automatic", "waiting_list": "on", "version": "0", "delayed_weeks": "6"}


@pytest.fixture
def settings_url(questionnaire: Questionnaire) -> str:
    activity = make_activity(questionnaire.organisation, title="Café du port")
    return reverse("activity_settings", args=[activity.pk])


def test_each_moment_has_its_questionnaire(
    desk: Client, questionnaire: Questionnaire, settings_url: str
) -> None:
    assert "celui d’Escale" in desk.get(settings_url).text
    chosen = {"questionnaire_before": questionnaire.pk, "questionnaire_delayed": questionnaire.pk}
    assert desk.post(settings_url, RULES | chosen).status_code == 302
    stored = ActivitySettings.objects.get()
    assert (stored.questionnaire_before, stored.questionnaire_after) == (questionnaire, None)
    assert (stored.questionnaire_delayed, stored.delayed_weeks) == (questionnaire, 6)
    assert "Après un café" in desk.get(reverse("journal")).text
    # None again, and weeks left empty stay.
    assert desk.post(settings_url, RULES | {"version": "1", "delayed_weeks": ""}).status_code == 302
    stored.refresh_from_db()
    assert (stored.questionnaire_before, stored.delayed_weeks) == (None, 6)


def test_the_second_to_choose_sees_what_the_first_one_chose(
    desk: Client, questionnaire: Questionnaire, settings_url: str
) -> None:
    desk.post(settings_url, RULES | {"questionnaire_after": questionnaire.pk})
    warned = desk.post(settings_url, RULES)
    assert warned.status_code == 409
    assert "Enregistré entre-temps : <strong>Après un café</strong>" in warned.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"delayed_weeks": "0"}, "De 1 à 52 semaines."),
        ({"delayed_weeks": "53"}, "De 1 à 52 semaines."),
        ({"delayed_weeks": "9" * 30}, "De 1 à 52 semaines."),
        ({"questionnaire_after": "9" * 30}, "Choisissez un questionnaire de votre structure."),
        ({"questionnaire_before": "\0"}, "Choisissez un questionnaire de votre structure."),
    ],
)
def test_bad_choices_get_a_sentence(
    desk: Client, settings_url: str, changes: dict[str, str], sentence: str
) -> None:
    response = desk.post(settings_url, RULES | changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert not ActivitySettings.objects.exists()


def test_a_questionnaire_of_another_organisation_is_neither_offered_nor_taken(
    desk: Client, settings_url: str
) -> None:
    foreign = make_questionnaire(AGAIN, name="Voisins")
    assert "Voisins" not in desk.get(settings_url).text
    assert desk.post(settings_url, RULES | {"questionnaire_after": foreign.pk}).status_code == 422


def test_the_rule_itself_refuses_another_organisations_questionnaire() -> None:
    activity = make_activity()
    foreign = make_questionnaire(AGAIN)
    with pytest.raises(DomainError, match="votre structure") as refusal:
        save_settings(
            settings=ActivitySettings(activity=activity, questionnaire_delayed=foreign),
            seen=0,
            apply_to_coming=False,
            by=None,
        )
    assert refusal.value.field == "questionnaire_delayed"
