"""The commands, one module for each noun; nothing heavy is imported before a command runs."""
