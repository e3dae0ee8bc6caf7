"""What the reader chose: language and theme."""
