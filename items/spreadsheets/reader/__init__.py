"""A program of its own that reads a spreadsheet: see program.py. It imports nothing of the site."""
