"""What is wrong with this site, and the line that mends it: manage.py doctor."""
