from argparse import ArgumentParser
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from items.management.output import try_to_write
from items.models import ApiKey
from items.models.api_key import read_lifetime


class Command(BaseCommand):
    help = "Create an API key and print only the key to standard output. It is shown only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the key is for")
        parser.add_argument("--user", required=True, help="the user whose permissions the key gets")
        parser.add_argument(
            "--read-only", action="store_true", help="the key can read items but not change them"
        )
        parser.add_argument(
            "--expires",
            metavar="30d",
            help="how long the key works: 12h, 30d, 8w, 1y; default: no end",
        )

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
        until = (
            f"until {key.expires_at:%Y-%m-%d %H:%M} UTC"
            if key.expires_at
            else "without an end date"
        )
        with suppress(OSError):  # the key itself can still be shown
            self.stderr.write(
                f"Key {key.name} of {user} created, valid {until}."
                " Copy it now: you will not be able to see it again.",
                str,
            )
        if failure := try_to_write(self.stdout, secret):
            key.delete()
            raise CommandError(
                f"The output could not be written: {failure.strerror}. The key was deleted again."
            )


def _find_user(username: str):
    User = get_user_model()
    try:
        user = User.objects.get_by_natural_key(username)
    except (User.DoesNotExist, UnicodeEncodeError) as error:  # the argument is not valid UTF-8
        raise CommandError(f"--user: there is no user {username!r}.") from error
    if not user.is_active:
        raise CommandError(
            f"--user: {username} is not active, so a key would not work. Activate the user first."
        )
    return user
