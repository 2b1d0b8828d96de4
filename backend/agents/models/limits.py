"""How far one question to a model may go: every loop over a model ends, and nothing that it sends grows without end."""

REPAIRS = 2
"""How often an unusable reply goes back."""

TOOL_ROUNDS = 3
"""How often a model may call tools before it has to answer."""

CALLS_A_ROUND = 4
LONGEST_RESULT = 8_000
"""Characters of a tool's result that a model reads."""

LONGEST_REPLY = 200_000
"""Characters; a longer reply is of no use, and its end is not kept."""

LONGEST_ECHO = 8_000
"""Characters of an unusable reply that the model reads again beside what was wrong with it."""

LEFT_OUT = " ... (the rest is left out)"
"""At the end of what a model reads only in part."""

LONGEST_NAME = 200
"""Characters of a name, an id or a refusal."""
