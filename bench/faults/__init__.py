"""Faults under load: what was acknowledged is compared with the table afterwards."""
