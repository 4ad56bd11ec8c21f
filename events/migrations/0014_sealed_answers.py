"""Answers by the key of their question, texts apart, and what may still be answered sealed.

Going back gives the columns back, not what was in them: restore a backup instead.
"""

import uuid
from secrets import SystemRandom

from django.db import migrations
from django.utils import timezone

STANDARD = [
    {"key": "note", "kind": "score", "label": "Quelle note donnez-vous à cette session ?", "help": "", "options": [], "rows": [], "required": True},
    {"key": "utile", "kind": "scale", "label": "Utile pour ma pratique", "help": "", "options": [], "rows": [], "required": False},
    {"key": "accueil", "kind": "scale", "label": "Bon accueil, bonne organisation", "help": "", "options": [], "rows": [], "required": False},
    {"key": "mot", "kind": "text", "label": "Un mot de plus ?", "help": "Ne nommez personne ; pas d’information de santé.", "options": [], "rows": [], "required": False},
]


def move(apps, schema_editor):
    Survey = apps.get_model("events", "Survey")
    now = timezone.now()
    for survey in Survey.objects.all():
        survey.questions = survey.questions or STANDARD
        waiting = survey.invitations.filter(answered=False).exists() or not survey.invitations.exists()
        if survey.closes_at > now and waiting:
            _seal(apps, survey)
        else:
            survey.closes_at = survey.unsealed_at = min(survey.closes_at, now)
            survey.invitations.update(answered=True)
        _set_apart(apps, survey)
        survey.save()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _set_apart(apps, survey):
    SurveyResponse, SurveyText = (apps.get_model("events", name) for name in ("SurveyResponse", "SurveyText"))
    texts = [row.comment for row in survey.responses.exclude(comment="")]
    SystemRandom().shuffle(texts)
    SurveyText.objects.bulk_create(
        [SurveyText(id=uuid.uuid4(), survey=survey, key="mot", text=text) for text in texts]
    )
    # As ``unsealing`` deals them: no row says together what one person said.
    rows = list(survey.responses.order_by("pk"))
    given = [(row.useful, row.welcome) for row in rows]
    useful, welcome = ([each[at] for each in given] for at in (0, 1))
    SystemRandom().shuffle(useful)
    SystemRandom().shuffle(welcome)
    for row, row.useful, row.welcome in zip(rows, useful, welcome, strict=True):
        row.answers = _scales(row)
    SurveyResponse.objects.bulk_update(rows, ["answers"], batch_size=500)


def _seal(apps, survey):
    from events.domain.survey.sealing import new_seal, sealed

    SealedResponse = apps.get_model("events", "SealedResponse")
    survey.seal = new_seal()
    own = survey.responses.filter(imported=False)
    tokens = []
    for row in own:
        values = {"note": row.score, **_scales(row), **({"mot": row.comment} if row.comment else {})}
        tokens.append(sealed(values, seal=survey.seal))
    own.delete()
    SystemRandom().shuffle(tokens)
    SealedResponse.objects.bulk_create(
        [SealedResponse(id=uuid.uuid4(), survey=survey, sealed=token) for token in tokens]
    )


def _scales(row):
    return {key: value for key, value in (("utile", row.useful), ("accueil", row.welcome)) if value}


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0013_presence_and_rating"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField("surveyresponse", "useful"),
        migrations.RemoveField("surveyresponse", "welcome"),
        migrations.RemoveField("surveyresponse", "comment"),
    ]
