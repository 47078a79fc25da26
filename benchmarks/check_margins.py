"""What `iovolc check` finds in misread versions of the real maps, with the margins of its decisions.

``python benchmarks/check_margins.py FOLDER_OF_THE_MAPS`` prints one line per map and fault: the finding, the
correlation of the stated and of the best reading, the margin in sigma, and the seconds of CPU for reading and judging.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.real.misread import FAULTS, MAPS, row_of, write_version

from iovolc.config import Config
from iovolc.pipeline.check import check_row


def main() -> None:
    maps = Path(sys.argv[1])
    config = Config()
    print("| map | version | finding | stated | best | reading | margin, sigma | needed | CPU, s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, channel in MAPS.items():
        for fault in FAULTS:
            with tempfile.TemporaryDirectory() as folder:
                path = write_version(maps / name, Path(folder) / "map.png", fault)
                row = row_of(path, channel)
                check_row(row, Path(folder), config, datetime.now(UTC))
                before = time.process_time()
                checked = check_row(row, Path(folder), config, datetime.now(UTC))
                seconds = time.process_time() - before
            table = checked.diagnosis.table if checked.diagnosis else None
            if table is None or table.stated is None:
                continue
            best = next(score for score in table.scores if score is not table.stated)
            codes = " ".join(finding.code for finding in checked.findings) or "-"
            told = "" if table.can_be_told else " (cannot be told)"
            print(
                f"| {name.split('_180W')[0]} | {fault} | {codes}{told} | {table.stated.correlation:.2f} | "
                f"{best.correlation:.2f} | {best.variant.name} | {best.margin_sigma:+.1f} | {table.needed_sigma:.1f} | "
                f"{seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
