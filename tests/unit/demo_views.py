"""A plain view for the tests of the demonstration."""

from datetime import UTC, datetime

from iovolc.demo.plan import View


def view_at(
    year: int, *, lon_e: float = 100.0, resolution_km: float = 40.0, bands: tuple[str, ...] = ("red", "green", "blue")
) -> View:
    """A sharp, well-lit view without gaps at the start of a year."""
    return View(
        epoch=f"view-{year}",
        part="",
        mission="Test",
        instrument="Camera",
        time_utc=datetime(year, 1, 1, tzinfo=UTC),
        sub_observer_lat=0.0,
        sub_observer_lon_e=lon_e,
        sub_solar_lat=0.0,
        sub_solar_lon_e=lon_e + 10.0,
        range_km=1e6,
        resolution_km=resolution_km,
        bands=bands,
        noise=0.0,
        gain_sigma=0.0,
        light_residual=0.0,
        shift_km=0.0,
        warp_km=0.0,
        gaps=0,
        projection="IAU_2015:50110",
        one_file=True,
    )
