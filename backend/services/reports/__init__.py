"""What people take away from a backtest: tables by year and month, drawdowns, comparisons, files and a report."""
