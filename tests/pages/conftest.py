import pytest
from wagtail.models import Site

from pages.models import HomePage
from tests.factories import make_home


@pytest.fixture
def home(db: None) -> HomePage:
    """The home page, served at the root of the test host."""
    home = make_home()
    Site.objects.update(root_page=home)
    Site.clear_site_root_paths_cache()
    return home
