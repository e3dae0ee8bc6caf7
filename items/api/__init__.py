"""The JSON endpoint: the same addresses and rules as the pages."""
