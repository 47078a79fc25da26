"""The audit of what iovolc depends on, as far as it can be done without a network."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LINE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+?)(?: ; [^\\]*)?(?: \\)?$", re.MULTILINE)

MENDED = {
    "aiohttp": ("3.12.14", "CVE-2025-53643"),
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "cryptography": ("44.0.1", "CVE-2024-12797"),
    "fonttools": ("4.60.2", "CVE-2025-66034"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "h2": ("4.3.0", "CVE-2025-57804"),
    "idna": ("3.7", "CVE-2024-3651"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "pillow": ("11.3.0", "CVE-2025-48379"),
    "pyarrow": ("14.0.1", "CVE-2023-47248"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "setuptools": ("78.1.1", "CVE-2025-47273"),
    "starlette": ("0.49.1", "CVE-2025-62727"),
    "tornado": ("6.5", "CVE-2025-47287"),
    "urllib3": ("2.6.0", "CVE-2025-66471"),
    "werkzeug": ("3.0.6", "CVE-2024-49767"),
}
"""The first version without a fault that was published, and its number; add what becomes known."""


def locked():
    """Versions by name, as the lock holds them."""
    return [(canonicalize_name(name), Version(version)) for name, version in LINE.findall(LOCK)]


def requirements():
    """What iovolc needs itself, and what its extras do but for `peers`, which is no part of the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for name, extra in project["optional-dependencies"].items() if name != "peers" for text in extra]
    return [text for text in (*project["dependencies"], *extras) if not text.startswith("iovolc")]


def vulnerable(held):
    return [f"{name} {version}: {MENDED[name][1]}" for name, version in held if version < fixed(name)]


def fixed(name):
    return Version(MENDED[name][0]) if name in MENDED else Version("0")


def test_the_lock_holds_no_version_with_a_fault_that_is_known_here() -> None:
    held = locked()
    assert len(held) > 100
    assert vulnerable(held) == []
    assert vulnerable([("pillow", Version("11.2.0"))]) == ["pillow 11.2.0: CVE-2025-48379"]


def test_every_locked_file_is_told_by_its_hash() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK)
    assert [block.split("\n")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    assert "://" not in re.sub(r"#.*", "", LOCK)


@pytest.mark.parametrize("text", requirements())
def test_what_is_required_is_locked_in_a_version_that_fits(text) -> None:
    wanted = Requirement(text)
    versions = [version for name, version in locked() if name == canonicalize_name(wanted.name)]
    assert versions
    assert all(wanted.specifier.contains(version, prereleases=True) for version in versions)
