"""The language and the theme that the user chose."""
