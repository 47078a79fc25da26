"""What a run is expected to take, said before it begins."""

from tests.small_maps import contents, iovolc

from iovolc.pipeline.forecast import TRUE_WITHIN


def dry_run(small, store, out):
    answer = iovolc("run", small.catalogue, "--store", store, "--out", out, "--dry-run", "--json", *small.settings)
    assert answer.code == 0, answer.err
    return answer.values


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_dry_run_tells_work_and_bytes_and_writes_nothing(small, tmp_path) -> None:
    values = dry_run(small, tmp_path / "store", tmp_path / "out")
    assert (values["rows"], values["new"], values["compare"]) == (3, 3, 2)
    assert list(tmp_path.iterdir()) == []
    stored = size_of(small.store / "epochs") + size_of(small.store / "cache")
    assert stored / TRUE_WITHIN < values["expected"]["store_bytes"] < stored * TRUE_WITHIN
    assert values["expected"]["run_bytes"] < size_of(small.out) * TRUE_WITHIN


def test_with_nothing_new_nothing_is_to_be_done(small, tmp_path) -> None:
    before = contents(small.store)
    values = dry_run(small, small.store, tmp_path / "out")
    assert (values["rows"], values["new"], values["compare"]) == (3, 0, 0)
    assert values["expected"]["store_bytes"] == values["expected"]["run_bytes"] == 0
    assert contents(small.store) == before


def test_a_run_says_what_it_expects_before_it_compares(small) -> None:
    lines = small.answer.err.splitlines()
    expected = next(number for number, line in enumerate(lines) if line.startswith("expected: about "))
    assert expected < next(number for number, line in enumerate(lines) if line.startswith("detect: "))


def test_other_parameters_are_work_without_anything_new(small, tmp_path) -> None:
    named = ("--store", small.store, "--out", tmp_path / "out", *small.settings, "--set", "detect.seed_z=4.5")
    answer = iovolc("run", small.catalogue, *named, "--dry-run", "--json")
    assert (answer.values["new"], answer.values["compare"]) == (0, 2)
