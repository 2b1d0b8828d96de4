"""Between records and stored rows, one module a noun; a row that cannot be read back is an error, never a guess."""
