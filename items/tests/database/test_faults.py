import psycopg
import pytest
from django.db import connection

from items.database.faults import Fault, fault_of, is_plan_outdated


@pytest.mark.django_db
def test_a_plan_of_before_a_migration_is_known():
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("CREATE TEMP TABLE moved (a int)")
        other.execute("PREPARE plan AS SELECT * FROM moved")
        other.execute("ALTER TABLE moved ALTER a TYPE text")

        with pytest.raises(psycopg.errors.FeatureNotSupported) as raised:
            other.execute("EXECUTE plan")

    assert is_plan_outdated(raised.value)
    assert fault_of(raised.value) is Fault.BROKEN
