"""HTTP for both doors; it knows no model."""
