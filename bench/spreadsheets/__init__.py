"""Files in and out: what an import costs beside \\copy, and a download beside it."""
