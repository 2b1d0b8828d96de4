ALTER TABLE idempotency_keys ADD COLUMN place TEXT;
