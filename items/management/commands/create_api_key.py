from argparse import ArgumentParser

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from items.models import ApiKey
from items.models.api_key import read_lifetime


class Command(BaseCommand):
    help = "Make an API key and print it, alone, on standard output. It is not shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the key is for")
        parser.add_argument("--user", required=True, help="whose permissions bound it")
        parser.add_argument("--read-only", action="store_true", help="it looks and never writes")
        parser.add_argument("--expires", metavar="30d", help="after so long: 12h, 30d, 8w, 1y")

    def handle(
        self, *, name: str, user: str, read_only: bool, expires: str | None, **options: object
    ) -> None:
        key = ApiKey(user=_find_user(user), name=name.strip(), read_only=read_only)
        try:
            if expires is not None:
                key.expires_at = timezone.now() + read_lifetime(expires)
            key.full_clean(exclude=["digest", "hint"])
        except ValidationError as error:
            raise CommandError(f"NAME: {' '.join(error.messages)}") from error
        except ValueError as error:
            raise CommandError(f"--expires: {error}") from error
        secret = key.issue()
        until = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "for good"
        self.stderr.write(f"{user}'s key {key.name} is valid {until}. It is not shown again:", str)
        self.stdout.write(secret)


def _find_user(username: str):
    User = get_user_model()
    try:
        user = User.objects.get_by_natural_key(username)
    except (User.DoesNotExist, UnicodeEncodeError) as error:  # bytes of the shell that are no UTF-8
        raise CommandError(f"--user: there is no user {username!r}.") from error
    if not user.is_active:
        raise CommandError(f"--user: {username} is not active, so a key would not work.")
    return user
