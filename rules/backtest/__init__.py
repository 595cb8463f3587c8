"""The backtest: what the rules would have decided over stored history, and what would differ."""
