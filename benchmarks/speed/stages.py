"""The stages that are timed: what iovolc does, what a user would pick instead, and the floor.

A peer does the same work as well as it can; where it leaves out something that iovolc does, its stage says so. The
floor is a copy of what the stage reads.
"""

from typing import Final

from benchmarks.speed import filing, placing, searching, warping
from benchmarks.speed.stage import Stage

_PATCHES: Final = "phase_cross_correlation of planar patches; no second pass, no field through them, no residual"
_SEARCH: Final = "iovolc's own search with smoothing, medians, slopes and labels of scipy and numpy"
_SPOTS: Final = "no limits, no false-discovery rate, blends not told apart"

STAGES: Final = (
    Stage("read of a global map", "no checks, no hash, no limb", 0.15, filing.reading),
    Stage("warp of a sharper global map", "GDAL, bilinear; does not close the seam", 5.5, warping.one_band, 15.0),
    Stage("warp of four bands, centre 180 to 0", "loses or repeats the seam", 5.5, warping.four_bands, 20.0),
    Stage("warp of a global map to three sheets", "samples poles unevenly", 2.8, warping.three_sheets, 15.0),
    Stage("warp of an orthographic disc", "loses pixels beside missing ones", 6.5, warping.disc, 50.0),
    Stage("warp of a polar map", "as before", 3.0, warping.polar, 5.0),
    Stage("registration of a global map", _PATCHES, 0.2, placing.registering, rounds=3),
    Stage("match of tone, all sheets", "HuberRegressor of the same blocks", 3.0, placing.toning),
    Stage("median and MAD of 12 epochs, 40 % gaps", "twice nanmedian", 8.0, searching.statistics, 15.0),
    Stage("Gaussian of 10 pixels", "gaussian_filter", 1.5, searching.smoothing),
    Stage("matched filter, half the sheet shown", "gaussian_filter, of one width in pixels", 2.0, searching.filtering),
    Stage("ring template of 7.5 pixels", "FFT of three discs, planar", 1.2, searching.ringing),
    Stage("segmentation of both signs", "joined over the seam in Python", 6.0, searching.segmenting),
    Stage("labels, closed over the seam", "joined over the seam in Python", 1.0, searching.labelling, 2.0),
    Stage("Mahalanobis distance of three bands", "the fastest of several ways", 4.0, searching.distances, 15.0),
    Stage("IR-MAD of three bands", "the same iterations", 4.5, searching.alteration, 7.0, rounds=3),
    Stage("search of a new epoch, three before", _SEARCH, 2.0, searching.surface, 5.0, rounds=1),
    Stage("hot spots of a disc", _SPOTS, 0.02, placing.heating, rounds=3),
    Stage("association of 1200 sightings", "linear_sum_assignment of the whole matrix", 0.3, placing.linking),
    Stage("COG with overviews", "Deflate, GDAL's default; the floor writes the bytes", 0.8, filing.raster),
    Stage("tables with outlines, 2 x 2000 rows", "no ECSV, no schema; the floor writes the bytes", 0.25, filing.tables),
)
