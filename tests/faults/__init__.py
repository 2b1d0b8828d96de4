"""Bad input and faults of the machine, end to end through the command line."""
