"""Middleware: code around every request."""
