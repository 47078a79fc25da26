import pytest
import yaml
from pydantic import ValidationError

from iovolc.config import Config, load
from iovolc.errors import ConfigError


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode(encoding))
    return path


def test_no_file_gives_the_defaults():
    assert load(None) == Config()


def test_a_file_changes_what_it_names(tmp_path):
    config = load(written(tmp_path, "detect:\n  q: 0.05\n  scales_km: [10, 300]\n"))
    assert (config.detect.q, config.detect.scales_km) == (0.05, (10.0, 300.0))
    assert config.grid == Config().grid


@pytest.mark.parametrize("text", ["", "# nothing\n", "detect:\n"])
def test_a_file_or_section_without_content_changes_nothing(tmp_path, text):
    assert load(written(tmp_path, text)) == Config()


def test_overrides_win_over_the_file(tmp_path):
    config = load(written(tmp_path, "detect:\n  q: 0.05\n"), ("detect.q=0.2", "grid.pixels_per_degree=4"))
    assert (config.detect.q, config.grid.pixels_per_degree) == (0.2, 4)


def test_an_override_fills_a_blank_section(tmp_path):
    assert load(written(tmp_path, "detect:\n"), ("detect.q=0.2",)).detect.q == 0.2


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("detect.q", "section.key=value"),
        ("q=0.1", "section.key=value"),
        ("detect.q.x=1", "section.key=value"),
        (".q=1", "section.key=value"),
        ("detect.q=2", "detect.q"),
        ("detect.q=[1", "detect.q=\\[1"),
        ("detect.quality=1", "detect.quality"),
        ("detection.q=0.1", "detection"),
        ("grid.pixels_per_degree=5", "grid.pixels_per_degree"),
        ("detect.scales_km=[100, 10]", "detect.scales_km"),
        ("detect.scales_km=[0, 10]", "detect.scales_km"),
    ],
)
def test_a_wrong_override_is_named(override, said):
    with pytest.raises(ConfigError, match=said):
        load(None, (override,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("detect: [", "cannot be read"),
        ("- detect", "not a mapping"),
        ("detect: 3\n", "detect"),
        ("1: 2\n", "not valid"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        load(written(tmp_path, text))


def test_an_override_in_what_is_no_section(tmp_path):
    with pytest.raises(ConfigError, match="`detect` is not a section"):
        load(written(tmp_path, "detect: 3\n"), ("detect.q=0.1",))


def test_a_file_in_another_encoding_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(written(tmp_path, "registration:\n  reference: Kärte.tif\n", "latin-1"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml")


def test_printed_yaml_reads_back(tmp_path):
    config = load(None, ("detect.q=0.03", "registration.reference=/maps/" + "long name of a map " * 8 + "end.tif"))
    assert load(written(tmp_path, config.to_yaml())) == config


def test_printed_yaml_explains_every_key():
    lines = Config().to_yaml().splitlines()
    keys = [i for i, line in enumerate(lines) if ":" in line and not line.strip().startswith("#")]
    assert keys
    assert all(lines[i - 1].strip().startswith("#") for i in keys)
    assert set(yaml.safe_load(Config().to_yaml())) == set(Config.model_fields)


def test_the_digest_tells_configurations_apart():
    assert Config().digest() == load(None).digest()
    assert Config().digest() != load(None, ("detect.q=0.2",)).digest()
    assert len(Config().digest()) == 64


def test_where_tasks_run_does_not_tell_runs_apart():
    config = load(None, ("cluster.task_memory_gib=3", "cluster.report=tasks.csv"))
    assert config.digest() == Config().digest()
    assert "cluster" not in config.portable()


def test_a_configuration_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Config().detect.q = 0.5
