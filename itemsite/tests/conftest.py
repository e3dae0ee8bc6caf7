import pytest

from itemsite.tests.clone import Clone


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Give a copy of the project, in a folder with an odd name, for all tests of a file."""
    clone = Clone(tmp_path_factory.mktemp("a clone's, folder"))
    yield clone
    clone.remove()
