"""What a page takes ready-made."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from items.remember import remember

PARTS_REMEMBERED = 256

register = template.Library()


@register.simple_tag
@cache
def asset(path: str) -> str:
    """Return the address of a file in static/; {% static %} would look it up on every page."""
    return static(path)


@register.simple_tag
def remembered(template_name: str, **context: str | bool) -> SafeString:
    """Return a part of many pages, which depends on this context and the language alone."""
    return _part(template_name, get_language(), *context.items())


@remember(PARTS_REMEMBERED)
def _part(template_name: str, language: str, *context: tuple[str, str | bool]) -> SafeString:
    return render_to_string(template_name, {"language": language, **dict(context)})
