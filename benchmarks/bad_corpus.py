"""What each bad file costs before it is refused.

``python benchmarks/bad_corpus.py [DIR]`` writes the corpus of ``tests/bad_files.py`` into the folder, or a temporary
one, reads it in a process of its own, and prints one line per entry: numbers, seconds, growth of the peak memory.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"


def main(folder: Path, scratch: Path) -> None:
    subprocess.run([sys.executable, str(TESTS / "bad_files.py"), str(folder)], check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, str(TESTS / "bad_watch.py"), str(folder), str(scratch / "store")]
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    results = done["results"]
    print(f"{'file':42s} {'codes':12s} {'s':>7s} {'MB':>7s}")
    for name, result in results.items():
        codes = ",".join(sorted(set(result["codes"]))) or "none"
        print(f"{name:42s} {codes:12s} {result['seconds']:7.3f} {result['mb']:7.1f}")
    slowest = max(results, key=lambda name: results[name]["seconds"])
    largest = max(results, key=lambda name: results[name]["mb"])
    refused = sum(bool(result["codes"]) for result in results.values())
    print(f"{refused} of {len(results)} refused; connections tried: {len(done['reached'])}")
    print(
        f"slowest: {slowest}, {results[slowest]['seconds']:.3f} s; largest: {largest}, {results[largest]['mb']:.1f} MB"
    )
    print(f"largest growth of all, the ingest of the whole corpus included: {done['growth_mb']:.1f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary) / "corpus", Path(temporary))
