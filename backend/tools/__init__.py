"""What an agent may call: one file a tool, one service call each."""
