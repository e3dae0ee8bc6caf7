"""Changes of many items at once."""
