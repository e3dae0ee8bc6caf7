"""The URL of Django's admin, whose pages have their own rules."""

ADMIN = "/admin/"
