"""What people answered: figures and texts, by blocks of five that no filter takes apart."""

from events.domain.results.collecting import Answers, collect
from events.domain.results.telling import Told, tell

__all__ = ["Answers", "Told", "collect", "tell"]
