ALTER TABLE attempts ADD COLUMN spec_hash TEXT;

UPDATE attempts SET spec_hash = json_extract(document, '$.spec_hash');

CREATE INDEX ix_attempts_owner_spec_hash ON attempts (owner, spec_hash);
