"""What keeps the site well, and what it tells about itself."""
