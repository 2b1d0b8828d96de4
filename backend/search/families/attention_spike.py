"""Attention spike: follow the price while many more people than usual write about it."""

from backend.search.families.family import Draft, Family, Side, real, whole


def draft(channel: str) -> Draft:
    """The direction comes from the price; the number of posts says when to believe it."""
    return Draft(
        title="Attention spike",
        rationale="A move that everybody talks about draws further buyers or sellers for a while.",
        parameters=(whole("window", 30, 10, 100), real("spike", 1.4, 1.05, 4.0), whole("reaction", 5, 1, 30)),
        long=Side(
            entry=f"attention({channel}, window) > spike and roc(close, reaction) > 0", exit="roc(close, reaction) < 0"
        ),
        short=Side(
            entry=f"attention({channel}, window) > spike and roc(close, reaction) < 0", exit="roc(close, reaction) > 0"
        ),
    )


FAMILY = Family("attention_spike", ("attention", "sentiment"), reads_sentiment=True, draft=draft)
