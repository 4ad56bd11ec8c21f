"""Messages in the admin's menu: what was sent, and what is programmed."""

from wagtail.admin.viewsets.base import ViewSetGroup

from events.admin.message_log import message_viewset
from events.admin.message_rules import message_rule_viewset


class MessagingGroup(ViewSetGroup):
    items = (message_viewset, message_rule_viewset)
    menu_label = "Messages"
    menu_icon = "mail"
    menu_order = 140


messaging_group = MessagingGroup()
