"""A text that names somebody is shown to nobody any more; the figures stay."""

from django.db import transaction
from wagtail.log_actions import log

from events.models import SurveyText
from members.models import User


def hide_text(*, text: SurveyText, by: User, hidden: bool = True) -> bool:
    """Hide ``text``, or show it again; False: it was so already."""
    with transaction.atomic():
        changed = SurveyText.objects.filter(pk=text.pk, hidden=not hidden).update(hidden=hidden)
        if not changed:
            return False
        session = text.survey.session
        action = "escale.hide_text" if hidden else "escale.show_text"
        log(instance=session, action=action, user=by, data={"text": str(text.pk)})
    text.hidden = hidden
    return True
