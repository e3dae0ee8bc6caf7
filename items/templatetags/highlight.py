from django import template

from items.search.highlight import mark

register = template.Library()
register.filter("highlight", mark)
