"""Calls as scripts send them, and their answers."""

import json
import re


def send(client, method, path, body, content_type="application/json", **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic(method, path, data, content_type, headers=headers)


def problem(response, status):
    """Return the body, after checking what every problem holds."""
    body = response.json()
    assert response.status_code == body["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    assert body["title"]
    assert body["detail"]
    return body


def links(response):
    """Return the Link header as {rel: url}."""
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', response.get("Link", ""))
    return {rel: url for url, rel in found}


def ids(response):
    return [change_set["id"] for change_set in response.json()]


def take_back(client, pk, body=None, query="", **headers):
    path = f"/changes/{pk}/undo/{query}"
    if body is None:
        return client.generic("POST", path, headers=headers)
    return send(client, "POST", path, body, **headers)
