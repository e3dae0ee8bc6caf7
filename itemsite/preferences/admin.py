"""Where Django's admin is: its pages have rules of their own."""

ADMIN = "/admin/"
