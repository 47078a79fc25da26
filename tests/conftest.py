"""Lets the tests import the helpers that lie beside this file, and gives them a bucket."""

import pytest

from s3_parts import BUCKET, given, s3_server


@pytest.fixture(scope="session")
def endpoint():
    """The address of an S3 server: one for all tests, since fsspec keeps its connections."""
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket_place(endpoint, monkeypatch, tmp_path, request):
    """An address on the bucket for each test, and a folder of its own for copies."""
    given(monkeypatch, endpoint, tmp_path / "copies")
    return f"s3://{BUCKET}/{request.node.name}/io"
