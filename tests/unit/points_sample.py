"""Tables of point measurements for tests."""

import csv

GOOD = {
    "site": "Loki Patera", "time_utc": "2013-08-15T10:00:00Z", "lat": "13.0", "lon_w": "308.8",
    "position_sigma_km": "70", "band": "Lp", "wavelength_um": "3.78", "value": "60", "sigma": "6",
    "limit": "detection", "unit": "GW um-1 sr-1", "source": "test",
}  # fmt: skip


def point(**cells):
    return GOOD | {name: str(value) for name, value in cells.items()}


def write_points(path, *rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path
