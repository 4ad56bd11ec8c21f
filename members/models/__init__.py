from members.models.consent import Consent
from members.models.organisation import Membership, Organisation
from members.models.retention import RetentionPolicy
from members.models.user import User

__all__ = ["Consent", "Membership", "Organisation", "RetentionPolicy", "User"]
