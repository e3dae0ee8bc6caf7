"""Dates as a language writes them, where Django's own are long or American."""
