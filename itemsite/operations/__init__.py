"""What keeps the site well: doctor, backup, restore."""
