"""Pages of a list of any length. Each can be reached, and only its end makes PostgreSQL count."""

import json

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

COUNTED_MAX = 100_000  # rows; where PostgreSQL expects more, its estimate is enough
DIGITS = 3  # of an estimate, as shown


class EstimatingPaginator(Paginator):
    is_estimate = False

    @cached_property
    def count(self) -> int:
        [plan] = json.loads(self._keys.explain(format="json"))
        expected = plan["Plan"]["Plan Rows"]
        if expected <= COUNTED_MAX:
            expected = self._keys[: COUNTED_MAX + 1].count()
        self.is_estimate = expected > COUNTED_MAX
        return expected

    @property
    def rounded(self) -> int:
        return round(self.count, DIGITS - len(str(self.count)))

    @property
    def _keys(self) -> QuerySet:
        return self.object_list.order_by().values("pk")

    def page(self, number: int) -> Page:
        """Return a page; beyond the last row, the last one."""
        if number >= self.num_pages and self.is_estimate:
            return self._page_of_all(number)
        page = super().page(number)
        if self.is_estimate and len(page) < self.per_page:
            return self._page_of_all(number)
        return page

    def _page_of_all(self, number: int) -> Page:
        """Count all rows, which takes no longer than passing over those before the page."""
        self.count, self.is_estimate = self._keys.count(), False
        del self.num_pages
        return super().page(min(number, self.num_pages))

    def _get_page(self, rows: QuerySet, number: int, paginator: Paginator) -> Page:
        """Read rows by their keys: otherwise each row before the page is made, and thrown away."""
        return Page(self.object_list.filter(pk__in=rows.values("pk")), number, paginator)
