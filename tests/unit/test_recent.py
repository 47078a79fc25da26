from iovolc.pipeline.recent import Recent


def test_a_value_is_made_once_while_it_is_kept():
    made = []
    kept = Recent[str, str](9, 100, len)
    assert [kept.get("a", lambda: made.append(1) or "value") for _ in range(3)] == ["value"] * 3
    assert made == [1]


def test_the_one_that_was_not_asked_for_longest_goes_first():
    kept = Recent[str, str](9, 10, len)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: "1234")
    assert kept.get("a", lambda: "anew") == "1234"
    assert kept.get("b", lambda: "anew") == "anew"


def test_a_value_larger_than_all_room_is_still_given():
    assert Recent[str, str](9, 1, len).get("a", lambda: "12345") == "12345"


def test_no_more_values_are_kept_than_asked_for():
    kept = Recent[str, str](2, 100, len)
    for key in "abc":
        kept.get(key, lambda: "old")
    assert [kept.get(key, lambda: "new") for key in "bca"] == ["old", "old", "new"]
