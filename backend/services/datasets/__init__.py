"""The parts of the dataset manager: what is known, how it is put together, how it is stored."""
