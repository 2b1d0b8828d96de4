-- Parts of runs, dataset versions with those who keep them, deleting of imported bars alone, and sessions by strategy.

alter table public.attempts add column spec_hash text;

update public.attempts set spec_hash = document ->> 'spec_hash';

create index ix_attempts_owner_spec_hash on public.attempts (owner, spec_hash);

create or replace function public.save_attempt(p_attempt text, p_trials text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_attempt public.attempts := json_populate_record(null::public.attempts, p_attempt::json);
    v_trials public.trial_ledger := json_populate_record(null::public.trial_ledger, p_trials::json);
begin
    perform private.hold(array['session ' || v_attempt.session_id]);
    v_attempt.owner := private.owner_of_session(v_attempt.session_id);
    v_attempt.spec_hash := v_attempt.document ->> 'spec_hash';
    insert into public.attempts (session_id, n, owner, attempt_id, document, spec_hash)
    values (v_attempt.session_id, v_attempt.n, v_attempt.owner, v_attempt.attempt_id, v_attempt.document,
        v_attempt.spec_hash)
    on conflict (session_id, n) do update
    set attempt_id = excluded.attempt_id, document = excluded.document, spec_hash = excluded.spec_hash;
    if p_trials is not null then
        insert into public.trial_ledger (owner, session_id, step, count, sketch)
        values (v_attempt.owner, v_attempt.session_id, v_trials.step, v_trials.count, v_trials.sketch)
        on conflict do nothing;
    end if;
end $$;

create function public.sessions_that_tried(p_owner text, p_spec_hash text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object('session_id', session_id, 'document', document)
        order by created_at desc, number desc), '[]')
    from public.sessions s
    where owner = p_owner and exists (
        select from public.attempts a
        where a.session_id = s.session_id and a.owner = p_owner and a.spec_hash = p_spec_hash)
$$;

-- The stretches that are complete, of every series that an owner is served.
create function public.bar_coverage(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_array(symbol, timeframe, source, start, "end")
        order by symbol collate "C", timeframe collate "C", source collate "C", start), '[]')
    from public.market_coverage where owner in ('', p_owner)
$$;

create function private.no_run(p_owner text, p_run_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('backtest', p_run_id, array(
        select run_id from public.backtest_runs where owner = p_owner order by number desc limit 1000));
end $$;

create function public.load_run_document(p_owner text, p_run_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_document text;
begin
    select document into v_document from public.backtest_runs where owner = p_owner and run_id = p_run_id;
    if not found then
        perform private.no_run(p_owner, p_run_id);
    end if;
    return v_document;
end $$;

create function public.load_run_curves(p_owner text, p_run_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_row json;
begin
    select json_build_object('run_id', run_id, 'equity', equity) into v_row
    from public.backtest_runs where owner = p_owner and run_id = p_run_id;
    if not found then
        perform private.no_run(p_owner, p_run_id);
    end if;
    return v_row;
end $$;

create function public.list_run_trades(p_owner text, p_run_id text, p_limit integer, p_after bigint) returns text
language plpgsql stable security invoker set search_path = '' as $$
begin
    if not exists (select from public.backtest_runs where owner = p_owner and run_id = p_run_id) then
        perform private.no_run(p_owner, p_run_id);
    end if;
    return (
        select coalesce(json_agg(trade order by trade.n), '[]')
        from (
            select * from public.backtest_trades
            where owner = p_owner and run_id = p_run_id and n > p_after order by n limit p_limit
        ) trade);
end $$;

create function private.use_of(p_dataset public.trading_datasets) returns json
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'dataset', json_build_object(
            'id', p_dataset.id, 'symbol', p_dataset.symbol, 'channel', p_dataset.channel,
            'provider', p_dataset.provider, 'start', p_dataset.start, 'end', p_dataset."end",
            'content_hash', p_dataset.content_hash, 'metadata', p_dataset.metadata),
        'bots', (
            select coalesce(json_agg(bot_id order by bot_id collate "C"), '[]')
            from public.bot_datasets where owner = p_dataset.owner and dataset_id = p_dataset.id),
        'sessions', (
            select coalesce(json_agg(session_id order by session_id collate "C"), '[]')
            from public.session_datasets link join public.sessions using (owner, session_id)
            where link.owner = p_dataset.owner and link.dataset_id = p_dataset.id and sessions.status = 'running'))
$$;

create function public.list_dataset_uses(p_owner text, p_limit integer, p_after text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz;
    v_number bigint;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number
        from public.trading_datasets where owner = p_owner and id = p_after;
        if not found then
            raise sqlstate 'PT422' using
                message = format('There is no dataset "%s" to go on behind.', p_after), hint = 'begin the list anew';
        end if;
    end if;
    return (
        select coalesce(json_agg(private.use_of(listed) order by listed.created_at desc, listed.number desc), '[]')
        from (
            select * from public.trading_datasets
            where owner = p_owner and (p_after is null or (created_at, number) < (v_at, v_number))
            order by created_at desc, number desc limit p_limit
        ) listed);
end $$;

create function public.dataset_use(p_owner text, p_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_use json;
begin
    select private.use_of(dataset) into v_use
    from public.trading_datasets dataset where owner = p_owner and id = p_id;
    if not found then
        perform private.no_dataset(p_owner, p_id);
    end if;
    return v_use;
end $$;

drop function public.delete_bars(text, text, text, text, date);

create function public.delete_bars(
    p_locks text, p_owner text, p_symbol text, p_timeframe text, p_before date, p_shared boolean) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_deleted bigint;
    v_owners constant text[] := case when p_shared then array['', p_owner] else array[p_owner] end;
begin
    perform private.hold(array(select json_array_elements_text(p_locks::json)));
    delete from public.market_bars
    where owner = any (v_owners) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and (p_before is null or session < p_before);
    get diagnostics v_deleted = row_count;
    delete from public.market_coverage
    where owner = any (v_owners) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and (p_before is null or "end" < p_before);
    update public.market_coverage set start = p_before
    where owner = any (v_owners) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and start < p_before;
    return v_deleted;
end $$;


-- who may call what ---------------------------------------------------------------------------------------------------

do $$
declare
    v_function regprocedure;
    v_role text;
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where (pronamespace = 'private'::regnamespace and proname in ('no_run', 'use_of'))
            or (pronamespace = 'public'::regnamespace and proname = any (array[
                'bar_coverage', 'dataset_use', 'delete_bars', 'list_dataset_uses', 'list_run_trades',
                'load_run_curves', 'load_run_document', 'sessions_that_tried']))
    loop
        execute format('revoke execute on function %s from public', v_function);
        for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
        loop
            execute format('revoke execute on function %s from %I', v_function, v_role);
            if v_role <> 'anon' then
                execute format('grant execute on function %s to %I', v_function, v_role);
            end if;
        end loop;
    end loop;
    if exists (select from pg_catalog.pg_roles where rolname = 'authenticated') then
        grant update (spec_hash) on public.attempts to authenticated;
    end if;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261122140000, 'read parts of runs and datasets', now());
