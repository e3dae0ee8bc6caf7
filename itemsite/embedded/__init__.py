"""A private, real PostgreSQL for a laptop and for tests."""
