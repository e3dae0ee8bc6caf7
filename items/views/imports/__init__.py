"""The pages of /items/import/: the form, the preview of a file, and what its import did."""
