"""Evidence: what a backtest proves, what it does not, and the verdict that follows, in pure arithmetic."""
