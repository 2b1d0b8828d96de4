"""Does work that outlives a request: workers that claim stored jobs, and what carries the word to them."""
