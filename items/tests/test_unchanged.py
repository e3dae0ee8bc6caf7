from items.unchanged import ENTRY_SIZE, Kept


def test_things_are_kept_for_their_snapshot():
    kept = Kept(10_000)
    kept.put("list", "snapshot 1", "old", 3)

    assert kept.get("list", "snapshot 1") == "old"
    assert kept.get("list", "snapshot 2") is None
    assert kept.get("list", None) is None
    assert kept.get("another", "snapshot 1") is None


def test_without_a_snapshot_nothing_is_kept():
    kept = Kept(10_000)
    kept.put("list", None, "text", 4)

    assert kept.get("list", None) is None


def test_what_was_used_longest_ago_goes_first():
    kept = Kept(3 * (ENTRY_SIZE + 100))
    for name in ("a", "b", "c", "c"):
        kept.put(name, "snapshot", name, 100)
    kept.get("a", "snapshot")

    kept.put("d", "snapshot", "d", 100)

    assert [kept.get(name, "snapshot") for name in "abcd"] == ["a", None, "c", "d"]


def test_what_is_too_large_is_not_kept():
    kept = Kept(ENTRY_SIZE + 100)

    kept.put("list", "snapshot", "text", 101)

    assert kept.get("list", "snapshot") is None
