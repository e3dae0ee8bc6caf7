"""Who changed what, undo, and changes of many items at once."""
