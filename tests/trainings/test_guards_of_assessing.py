"""What is not noted of somebody's progress: objectives that changed, levels that are none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from events.domain.sessions import SlotTimes
from events.models import JournalEntry
from tests.factories import make_registration, make_session, make_training, make_user
from trainings.domain.assessing import write_assessments
from trainings.models import Assessment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"Repérer": "acquired", "Aborder": "partly", "Orienter": "partly"}, "viennent de changer"),
        ({"Repérer": "acquired", "Aborder": "parfait"}, "Choisissez un niveau dans la liste"),
    ],
)
def test_an_assessment_is_of_the_objectives_and_the_levels_there_are(
    said: dict[str, str], sentence: str
) -> None:
    start = timezone.now() - timedelta(hours=4)
    session = make_session(
        make_training().activitypage_ptr, slots=[SlotTimes(start, start + timedelta(hours=3))]
    )
    person = make_registration(session)
    before = JournalEntry.objects.count()
    with pytest.raises(DomainError, match=sentence):
        write_assessments(session=session, levels={person.pk: said}, by=make_user())
    assert not Assessment.objects.exists()
    assert JournalEntry.objects.count() == before
