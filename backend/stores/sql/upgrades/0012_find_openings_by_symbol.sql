CREATE INDEX ix_holdout_openings_owner_symbol ON holdout_openings (owner, symbol);
