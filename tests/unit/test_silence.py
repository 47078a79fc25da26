"""Warnings of libraries, ignored by several threads at once."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from iovolc.archive.silence import silenced


def test_threads_do_not_restore_each_others_filters():
    inside, second_inside = Event(), Event()

    def first():
        with silenced(UserWarning):
            inside.set()
            second_inside.wait(0.3)  # in vain, as the second waits for the end of this block

    def second():
        inside.wait()
        with silenced(UserWarning):
            second_inside.set()
            one.result()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        with ThreadPoolExecutor(2) as threads:
            one = threads.submit(first)
            threads.submit(second).result()
        assert warnings.filters == before


def test_other_kinds_are_still_told():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with silenced(UserWarning):
            warnings.warn("of use", RuntimeWarning, stacklevel=1)
            warnings.warn("of no use", UserWarning, stacklevel=1)
    assert [str(one.message) for one in told] == ["of use"]
