"""Arithmetic: exchange calendar, indicators, simulation and metrics; arrays in, records out."""
