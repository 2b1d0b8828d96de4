"""Benchmarks: each module prints one table with one command."""
