"""Find, sort and page items."""
