"""Behind a proxy the visitor's own address counts, else one robot closes the doors to everybody."""

import os
import subprocess
import sys

import pytest

SAID = """
import django; django.setup()
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
request = RequestFactory().get("/", headers={"x-forwarded-for": "198.51.100.9, 203.0.113.7"})
print(get_adapter().get_client_ip(request))
"""


@pytest.mark.one_engine
@pytest.mark.parametrize(("proxy", "address"), [("1", "203.0.113.7"), ("0", "127.0.0.1")])
def test_rate_limits_count_the_visitor(proxy: str, address: str) -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "BEHIND_PROXY": proxy}
    done = subprocess.run([sys.executable, "-c", SAID], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == address
