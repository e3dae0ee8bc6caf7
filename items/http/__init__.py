"""HTTP for pages and JSON, without any model."""
