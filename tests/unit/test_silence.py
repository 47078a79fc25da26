"""Warnings of libraries, ignored by several threads at once."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from iovolc.archive.silence import silenced


def test_threads_do_not_restore_each_others_filters():
    both = Barrier(2)

    def warn(_):
        both.wait()
        for _ in range(200):
            with silenced(UserWarning):
                warnings.warn("of no use", UserWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(warn, range(2)))
        assert warnings.filters == before


def test_other_kinds_are_still_told():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with silenced(UserWarning):
            warnings.warn("of use", RuntimeWarning, stacklevel=1)
            warnings.warn("of no use", UserWarning, stacklevel=1)
    assert [str(one.message) for one in told] == ["of use"]
