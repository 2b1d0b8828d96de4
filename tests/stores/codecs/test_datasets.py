"""A dataset version reads back from its row, also from one that an older version of Backproof wrote."""

import json

from backend.stores.codecs.datasets import dataset_of, dataset_row
from backend.stores.codecs.documents import dump
from tests.stores.samples import OWNER, make_dataset


def test_times_are_read_as_numbers_and_as_the_texts_of_older_rows() -> None:
    dataset = make_dataset()
    row = dataset_row(OWNER, dataset)
    document = json.loads(dump(row["data"]))
    assert all(isinstance(day, int) for day in document["session"] + document["cutoff"])
    texts = {"session": dataset.days.session.astype(str).tolist(), "cutoff": dataset.days.cutoff.astype(str).tolist()}
    for data in (document, document | texts):
        assert dataset_of(row | {"data": data}).content_hash == dataset.content_hash
