"""The built-in strategist: a grammar of strategy families, mutations, an archive and a seeded tuner; all pure."""
