"""The parts of market data, each on the way of one question from ``MarketData`` to its answer.

``asking`` is the question, and what is answered. ``memory`` knows what the store holds of a series. ``answering`` takes
one source: which stretch serves, and what must be said (``notices``). ``filling`` fetches what that stretch lacks:
``revisions`` tells whether a history was rewritten, ``joining`` cuts and joins bars. ``sessions`` reckons stretches in
trading sessions, for all of them.
"""
