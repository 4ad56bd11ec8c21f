"""The organisation's own words and logo on the sheets that it prints."""

from typing import Any

from certificates.domain import images
from certificates.domain.printed import declaration
from certificates.domain.wording import wording
from certificates.models import DocumentTemplate
from events.domain.sheet_words import SheetWords
from events.models import Session
from trainings.domain.following import is_training


def sheet_words(session: Session) -> SheetWords:
    said = wording(organisation=session.activity.organisation, kind=DocumentTemplate.Kind.SIGN_IN_SHEET)
    return on_sheet(said, is_training=is_training(session), logo=images.logo(said["logo"]))


def on_sheet(said: dict[str, Any], *, is_training: bool, logo: bytes | None) -> SheetWords:
    """``wording`` as a sheet prints it."""
    legal = [said["legal_line"]]
    if said["declaration_number"] and is_training:
        legal.append(declaration(said["declaration_number"], said["declaration_region"]))
    return SheetWords(
        title=said["title"],
        opening=said["opening"],
        closing=said["closing"],
        legal_name=said["legal_name"],
        legal="\n".join(filter(None, legal)),
        logo=logo,
    )
