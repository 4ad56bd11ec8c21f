from members.models.organisation import Membership, Organisation
from members.models.user import User

__all__ = ["Membership", "Organisation", "User"]
