import pytest


@pytest.fixture
def hang_up():
    """Leave no connection to the database, which is dropped in the end."""
    yield
    from items.database import snapshot_cache  # Django is not ready when this file is loaded

    snapshot_cache.SNAPSHOTS.close()
