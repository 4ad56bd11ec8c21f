"""What the report counts of a session whose sheets are closed, kept so that it need not be counted again."""

from django.db import models

from events.models.session import Session, Slot


class SessionTally(models.Model):
    """Compte d'une session. Only ``events.domain.report.tallies`` writes and reads it.

    It holds as long as no ``TallyMark`` names its session. ``people`` are the numbers of the accounts that
    came, eight bytes each, profession after profession in the order and the lengths that ``professions``
    says, as JSON: ``[["10", 17], ["60", 3]]``. The database itself deletes the row when a registration
    goes to another account, or goes: nothing here leads from a session to somebody whom it forgot.
    """

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, related_name="tally")
    registrations = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    waited = models.PositiveIntegerField()
    unseated = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    attended = models.PositiveIntegerField()
    participations = models.PositiveIntegerField()
    women = models.PositiveIntegerField()
    with_civility = models.PositiveIntegerField()
    members = models.PositiveIntegerField()
    professions = models.TextField()
    people = models.BinaryField()

    class Meta:
        verbose_name = "compte d’une session"
        verbose_name_plural = "comptes des sessions"

    def __str__(self) -> str:
        return f"Compte {self.pk}"


class TallyMark(models.Model):
    """Something that a tally counts has changed in ``session``, or at ``slot``: written by triggers.

    In the transaction that changes it, so that whoever sees the change sees the mark. Without a key towards
    them: a mark waits for nobody, and outlives what it names until ``run_due`` takes it away.
    """

    session = models.ForeignKey(Session, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    slot = models.ForeignKey(Slot, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")

    class Meta:
        verbose_name = "compte à refaire"
        verbose_name_plural = "comptes à refaire"

    def __str__(self) -> str:
        return f"Compte à refaire {self.pk}"
