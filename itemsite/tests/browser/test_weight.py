"""What a page of the list costs whoever opens it for the first time."""

WEIGHT_MAX_BYTES = 25_000  # over the wire, headers included
REQUESTS_MAX = 7


def test_a_page_of_50_items_is_light(scripted_page, site):
    description = "A description that is long enough to fill its line on the list, as many are. "
    names = [f"A name of quite ordinary length, number {number}" for number in range(60)]
    items = [{"name": name, "description": 3 * description} for name in names]
    site.request("POST", "/items/", items)
    requests = []
    scripted_page.on("requestfinished", lambda request: requests.append(request))

    scripted_page.goto("/items/", wait_until="networkidle")

    weights = {request.url: wire_bytes(request) for request in requests if wire_bytes(request)}
    assert scripted_page.get_by_role("rowheader").count() == 50
    assert len(weights) <= REQUESTS_MAX, weights
    assert sum(weights.values()) < WEIGHT_MAX_BYTES, weights


def wire_bytes(request):
    """Return the size of an answer; 0 of one from the cache, as the icon is, which is the mark."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]
