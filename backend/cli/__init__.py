"""The command line: parses arguments, opens the application, and shows what it answers."""
