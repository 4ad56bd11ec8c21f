from django.db import models
from django.db.models import F, Q


class Session(models.Model):
    capacity = models.PositiveIntegerField()
    seats_taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="seats")]

    def __str__(self) -> str:
        return f"Session {self.pk}"


class Entry(models.Model):
    session = models.ForeignKey(Session, models.CASCADE)
    name = models.CharField(max_length=80)
    email = models.EmailField()
    confirmed = models.BooleanField()
    state = models.CharField(max_length=8, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
