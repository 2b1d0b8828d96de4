"""The nodes of the graph, one file each: what each does with the state, and which events it writes."""
