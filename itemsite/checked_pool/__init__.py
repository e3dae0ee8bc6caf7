"""Django's PostgreSQL backend, with a pool that never returns dead connections."""
