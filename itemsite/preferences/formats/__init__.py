"""Date formats of each language, where Django's are long or American."""
