import pytest


@pytest.fixture(scope="module")
def server(clone):
    server = clone.serve().wait_for_address()
    yield server
    server.stop()
