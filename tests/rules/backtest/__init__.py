"""Tests of the backtest."""
