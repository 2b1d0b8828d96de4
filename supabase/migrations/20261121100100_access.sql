-- Who may see and change which rows: row-level security and grants on every table.
--
-- A user's rows are those whose owner is the subject of his token; rows with the owner '' are everybody's to read and
-- the service's to write. The roles are those of a Supabase project; where a database has none, nothing is granted.

create schema if not exists private;

-- The subject of the token, provided that it is one of a signed-in user that ends some day.
create function public.request_owner() returns text
language sql stable set search_path = '' as $$
    select nullif(claims ->> 'sub', '')
    from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb as claims) request
    where claims -> 'aud' ? 'authenticated' and claims ->> 'exp' is not null
$$;

-- Waits for the named locks until the transaction ends; always in the same order, so that nobody waits for each other.
create function private.hold(p_names text[]) returns void
language plpgsql set search_path = '' as $$
declare
    v_name text;
begin
    for v_name in select distinct name from unnest(p_names) name order by name loop
        perform pg_advisory_xact_lock(hashtextextended(v_name, 0));
    end loop;
end $$;

-- An id that its owner does not have; whoever reports it compares it with those that there are.
create function private.refuse_unknown(p_noun text, p_wanted text, p_known text[]) returns void
language plpgsql immutable set search_path = '' as $$
begin
    raise sqlstate 'PT404' using message = format('There is no %s "%s".', p_noun, p_wanted),
        detail = json_build_object('noun', p_noun, 'wanted', p_wanted, 'known', p_known)::text;
end $$;


-- row-level security --------------------------------------------------------------------------------------------------

alter table public.api_tokens enable row level security;
alter table public.attempts enable row level security;
alter table public.backtest_runs enable row level security;
alter table public.backtest_trades enable row level security;
alter table public.bars_snapshots enable row level security;
alter table public.batch_cells enable row level security;
alter table public.batches enable row level security;
alter table public.bot_datasets enable row level security;
alter table public.bot_snapshots enable row level security;
alter table public.bots enable row level security;
alter table public.collection_runs enable row level security;
alter table public.holdout_openings enable row level security;
alter table public.idempotency_keys enable row level security;
alter table public.jobs enable row level security;
alter table public.market_bars enable row level security;
alter table public.market_coverage enable row level security;
alter table public.model_replies enable row level security;
alter table public.post_scores enable row level security;
alter table public.post_series enable row level security;
alter table public.posts enable row level security;
alter table public.schema_migrations enable row level security;
alter table public.sentiment_history enable row level security;
alter table public.session_datasets enable row level security;
alter table public.session_events enable row level security;
alter table public.sessions enable row level security;
alter table public.strategies enable row level security;
alter table public.trading_datasets enable row level security;
alter table public.trial_ledger enable row level security;

create policy own on public.api_tokens
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.attempts
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.backtest_runs
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.backtest_trades
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.batch_cells
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.batches
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.bot_datasets
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.bots
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.idempotency_keys
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.jobs
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.model_replies
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.sentiment_history
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.session_datasets
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.session_events
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.sessions
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.strategies
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));
create policy own on public.trading_datasets
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));

-- The ledger of what was looked at is written once: there is no policy under which a row changes or goes.
create policy read_own on public.holdout_openings for select using (owner = (select public.request_owner()));
create policy add_own on public.holdout_openings for insert with check (owner = (select public.request_owner()));
create policy read_own on public.trial_ledger for select using (owner = (select public.request_owner()));
create policy add_own on public.trial_ledger for insert with check (owner = (select public.request_owner()));

-- What was fetched is everybody's to read; what a user imported is his alone.
create policy read_shared_and_own on public.market_bars for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.market_bars using (owner = (select public.request_owner()))
    with check (owner = (select public.request_owner()) and source = 'file');
create policy read_shared_and_own on public.market_coverage for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.market_coverage using (owner = (select public.request_owner()))
    with check (owner = (select public.request_owner()) and source = 'file');
create policy read_shared_and_own on public.posts for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.posts using (owner = (select public.request_owner()))
    with check (owner = (select public.request_owner()) and provider = 'file');
create policy read_shared_and_own on public.post_scores for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.post_scores using (owner = (select public.request_owner()))
    with check (owner = (select public.request_owner()) and provider = 'file');
create policy read_shared_and_own on public.post_series for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.post_series using (owner = (select public.request_owner()))
    with check (owner = (select public.request_owner()) and provider = 'file');
create policy read_shared_and_own on public.collection_runs for select
    using (owner = '' or owner = (select public.request_owner()));
create policy import on public.collection_runs for insert
    with check (owner = (select public.request_owner()) and provider = 'file');

-- Pinned bars are shared by content: a user sees those that one of his bots pins, and private.pin_bars alone adds some.
create policy read_own on public.bot_snapshots for select using (owner = (select public.request_owner()));
create policy read_pinned on public.bars_snapshots for select using (exists (
    select from public.bot_snapshots pin
    where pin.snapshot_id = bars_snapshots.snapshot_id and pin.owner = (select public.request_owner())));

create policy read on public.schema_migrations for select using (true);


-- grants --------------------------------------------------------------------------------------------------------------

revoke execute on function public.request_owner() from public;

do $$
declare
    v_role text;
    v_table regclass;
    v_tables constant text[] := array[
        'api_tokens', 'attempts', 'backtest_runs', 'backtest_trades', 'bars_snapshots', 'batch_cells', 'batches',
        'bot_datasets', 'bot_snapshots', 'bots', 'collection_runs', 'holdout_openings', 'idempotency_keys', 'jobs',
        'market_bars', 'market_coverage', 'model_replies', 'post_scores', 'post_series', 'posts', 'schema_migrations',
        'sentiment_history', 'session_datasets', 'session_events', 'sessions', 'strategies', 'trading_datasets',
        'trial_ledger', 'backtest_performance', 'latest_sentiment'
    ];
begin
    for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
        foreach v_table in array v_tables::regclass[] loop  -- a project grants everything to every role by default
            execute format('revoke all on %s from %I', v_table, v_role);
        end loop;
        execute format('grant usage on schema public to %I', v_role);
        execute format('grant select on public.schema_migrations to %I', v_role);
        if v_role = 'anon' then
            execute format('revoke execute on function public.request_owner() from %I', v_role);
            continue;
        end if;
        execute format('grant execute on function public.request_owner() to %I', v_role);
        execute format('grant usage on schema private to %I', v_role);
        execute format('grant usage on all sequences in schema public to %I', v_role);
        execute format('grant select, insert on public.holdout_openings, public.trial_ledger, public.session_events, '
            'public.backtest_runs, public.backtest_trades to %I', v_role);
        execute format('grant select on public.backtest_performance, public.latest_sentiment to %I', v_role);
    end loop;
    if exists (select from pg_catalog.pg_roles where rolname = 'authenticated') then
        -- A session is never deleted by its owner: its trials would go with it.
        grant select, insert, update (status, cancel_requested, document) on public.sessions to authenticated;
        grant select, insert, update (attempt_id, document) on public.attempts to authenticated;
        grant select, insert, delete on public.trading_datasets, public.session_datasets, public.bots to authenticated;
        grant select, insert on public.bot_datasets to authenticated;
        grant select on public.bot_snapshots, public.bars_snapshots to authenticated;
        grant select, insert on public.collection_runs to authenticated;
        grant select, insert, update, delete on public.market_bars, public.market_coverage, public.posts,
            public.post_scores, public.post_series, public.sentiment_history, public.strategies, public.batches,
            public.batch_cells, public.jobs, public.model_replies, public.api_tokens, public.idempotency_keys
            to authenticated;
    end if;
    if exists (select from pg_catalog.pg_roles where rolname = 'service_role') then
        grant select, insert, update, delete on public.sessions, public.attempts, public.trading_datasets,
            public.session_datasets, public.bots, public.bot_datasets, public.bot_snapshots, public.bars_snapshots,
            public.collection_runs, public.market_bars, public.market_coverage, public.posts, public.post_scores,
            public.post_series, public.sentiment_history, public.strategies, public.batches, public.batch_cells,
            public.jobs, public.model_replies, public.api_tokens, public.idempotency_keys to service_role;
    end if;
end $$;

insert into public.schema_migrations (number, name, applied_at) values (20261121100100, 'access', now());
