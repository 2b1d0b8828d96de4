DROP TABLE jobs;
CREATE TABLE jobs (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    job_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    status TEXT NOT NULL,
    arguments JSON NOT NULL,
    created_at DATETIME NOT NULL,
    started_at DATETIME,
    ended_at DATETIME,
    tries INTEGER NOT NULL,
    not_before DATETIME,
    worker TEXT,
    leased_until DATETIME,
    cancel_requested BOOLEAN NOT NULL,
    progress TEXT NOT NULL,
    result JSON,
    error TEXT,
    CONSTRAINT pk_jobs PRIMARY KEY (number),
    CONSTRAINT uq_jobs_job_id UNIQUE (job_id)
);

CREATE INDEX ix_jobs_owner_created_at ON jobs (owner, created_at);

CREATE INDEX ix_jobs_status_number ON jobs (status, number);

CREATE UNIQUE INDEX uq_jobs_unfinished ON jobs (owner, kind, subject_id) WHERE status in ('queued', 'running');
