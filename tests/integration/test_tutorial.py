"""The tutorial does what it says: its commands are typed as they stand, from the two maps of one's own on.

Only on a coarser grid, for the sake of time.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


def blocks():
    """The commands of the sections after the demonstration, in order."""
    text = TUTORIAL.read_text(encoding="utf-8").split("## 2. ")[1]
    return re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_typed_as_it_stands_it_finds_the_deposit(tmp_path):
    quick = "iovolc run --set grid.pixels_per_degree=4 --set publish.figures=1 "
    script = "\n".join(["set -e", *blocks()]).replace("iovolc run ", quick)
    near = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=near, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    events = pd.read_csv(tmp_path / "tutorial" / "out" / "events.csv")
    (found,) = events[(events["lat"] + 12.3).abs().lt(3) & (events["lon_e"] - 116.7).abs().lt(3)].to_dict("records")
    assert (found["kind"], found["tier"]) == ("darkening", "B")
    assert found["onset_after_utc"].startswith("1997-04-04")
    assert found["onset_before_utc"].startswith("1997-09-19")
    assert found["rank_contrast"] < 0
    assert pd.isna(found["dlna_clear"])
    assert (tmp_path / "tutorial" / "strict" / "page" / "index.html").is_file()
    assert "detect:" in (tmp_path / "tutorial" / "config.yaml").read_text()
