"""What keeps a site going: what it tells about itself."""
