"""People's accounts: signing in, passwords, invitations."""
