ALTER TABLE market_bars ADD COLUMN adjustment DOUBLE DEFAULT 1 NOT NULL;

DELETE FROM market_bars WHERE source = 'sample';

DELETE FROM market_coverage WHERE source = 'sample';
