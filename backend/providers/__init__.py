"""Outside data, read only: price sources, post sources and scorers; one file each, one line in a registry."""
