"""PostgreSQL: sending SQL, checks of the server, and the snapshot cache."""
