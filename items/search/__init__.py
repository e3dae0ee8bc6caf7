"""Which items, in which order, from where."""
