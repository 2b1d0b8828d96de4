"""Runs of other backtesters; each module runs inside its own environment and imports numpy and one peer alone."""
