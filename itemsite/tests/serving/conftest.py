import pytest


@pytest.fixture
def server(clone):
    server = clone.serve().wait_for_address()
    yield server
    if server.process.poll() is None:
        server.stop()
