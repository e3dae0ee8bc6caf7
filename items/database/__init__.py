"""PostgreSQL as such: SQL, what it must grant, and the snapshot cache."""
