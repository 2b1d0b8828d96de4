"""The parts of market data: what is asked, what is remembered, how missing stretches are filled."""
