from functools import cache

from django import template
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
@cache
def asset(path: str) -> str:
    """Return the address of a file in static/; {% static %} would look it up on every page."""
    return static(path)
