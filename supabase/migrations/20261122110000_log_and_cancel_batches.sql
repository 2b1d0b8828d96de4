-- Batches: the wish to stop one, its event log, and what its cells come to.

alter table public.batches add column cancel_requested boolean not null default false;
alter table public.batches alter column cancel_requested drop default;

create table public.batch_events (
    batch_id text not null,
    id integer not null,
    owner text not null,
    step text not null,
    at timestamp with time zone not null,
    type text not null,
    data jsonb not null,
    constraint pk_batch_events primary key (batch_id, id),
    constraint uq_batch_events_batch_id_step unique (batch_id, step),
    constraint fk_batch_events_owner_batch_id foreign key (owner, batch_id)
        references public.batches (owner, batch_id) on delete cascade
);

alter table public.batch_events enable row level security;

create policy own on public.batch_events
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));


-- batches -------------------------------------------------------------------------------------------------------------

create function private.no_batch(p_owner text, p_batch_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('batch', p_batch_id, array(
        select batch_id from public.batches where owner = p_owner order by number desc limit 1000));
end $$;

create function private.put_cells(p_rows text) returns void
language sql security invoker set search_path = '' as $$
    insert into public.batch_cells (batch_id, n, owner, symbol, status, run_id, document)
    select batch_id, n, owner, symbol, status, run_id, document
    from json_populate_recordset(null::public.batch_cells, p_rows::json)
    on conflict (batch_id, n) do update
    set symbol = excluded.symbol, status = excluded.status, run_id = excluded.run_id, document = excluded.document
$$;

-- The id of the new event, or null where the step was written before; whoever calls holds the lock of the batch.
create function private.log_batch(p_row text) returns integer
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.batch_events := json_populate_record(null::public.batch_events, p_row::json);
begin
    if exists (select from public.batch_events where batch_id = v_row.batch_id and step = v_row.step) then
        return null;
    end if;
    select coalesce(max(id), 0) + 1 into v_row.id from public.batch_events where batch_id = v_row.batch_id;
    insert into public.batch_events (batch_id, id, owner, step, at, type, data)
    values (v_row.batch_id, v_row.id, v_row.owner, v_row.step, v_row.at, v_row.type, v_row.data);
    return v_row.id;
end $$;

create function public.add_batch(p_row text, p_cells text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.batches := json_populate_record(null::public.batches, p_row::json);
begin
    insert into public.batches (owner, batch_id, status, created_at, cancel_requested, document)
    values (v_row.owner, v_row.batch_id, v_row.status, v_row.created_at, false, v_row.document)
    on conflict do nothing;
    if not found then
        raise sqlstate 'PT409' using message = format('There is a batch "%s" already.', v_row.batch_id),
            hint = 'give the new one an id of its own';
    end if;
    perform private.put_cells(p_cells);
end $$;

create function public.load_batch(p_owner text, p_batch_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_document text;
begin
    select document into v_document from public.batches where owner = p_owner and batch_id = p_batch_id;
    if not found then
        perform private.no_batch(p_owner, p_batch_id);
    end if;
    return v_document;
end $$;

create function public.list_batches(p_owner text, p_limit bigint, p_after text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz := 'infinity';
    v_number bigint := 0;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number
        from public.batches where owner = p_owner and batch_id = p_after;
        if not found then
            raise sqlstate 'PT422' using message = format('There is no batch "%s" to go on behind.', p_after),
                hint = 'begin the list anew';
        end if;
    end if;
    return (
        select coalesce(json_agg(document order by created_at desc, number desc), '[]')
        from (
            select created_at, number, document from public.batches
            where owner = p_owner and (created_at, number) < (v_at, v_number)
            order by created_at desc, number desc limit p_limit
        ) newest);
end $$;

create function public.list_batch_cells(p_owner text, p_batch_id text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(document order by n), '[]')
    from public.batch_cells where owner = p_owner and batch_id = p_batch_id
$$;

create function public.save_batch(p_row text, p_cells text, p_event text) returns integer
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.batches := json_populate_record(null::public.batches, p_row::json);
    v_id integer;
begin
    perform private.hold(array['batch ' || v_row.batch_id]);
    if not exists (select from public.batches where owner = v_row.owner and batch_id = v_row.batch_id) then
        perform private.no_batch(v_row.owner, v_row.batch_id);
    end if;
    if p_event is not null then
        v_id := private.log_batch(p_event);
        if v_id is null then
            return null;
        end if;
    end if;
    update public.batches set status = v_row.status, document = v_row.document
    where owner = v_row.owner and batch_id = v_row.batch_id;
    perform private.put_cells(p_cells);
    return v_id;
end $$;

create function public.save_cell_results(
    p_owner text, p_batch_id text, p_runs text, p_trades text, p_openings text, p_cells text, p_event text)
returns integer
language plpgsql security invoker set search_path = '' as $$
declare
    v_id integer;
begin
    perform private.hold(array['batch ' || p_batch_id, 'ledger ' || p_owner]);
    if not exists (select from public.batches where owner = p_owner and batch_id = p_batch_id) then
        perform private.no_batch(p_owner, p_batch_id);
    end if;
    v_id := private.log_batch(p_event);
    if v_id is null then
        return null;
    end if;
    insert into public.backtest_runs (owner, run_id, created_at, document, equity)
    select owner, run_id, created_at, document, equity
    from json_populate_recordset(null::public.backtest_runs, p_runs::json) with ordinality as given
    order by ordinality;
    insert into public.backtest_trades (run_id, n, owner, symbol, side, entry_time, entry_price, exit_time, exit_price,
        units, pnl, return, bars_held, exit_reason)
    select run_id, n, owner, symbol, side, entry_time, entry_price, exit_time, exit_price, units, pnl, return, bars_held,
        exit_reason
    from json_populate_recordset(null::public.backtest_trades, p_trades::json);
    perform private.add_openings(p_openings);
    perform private.put_cells(p_cells);
    return v_id;
end $$;

create function public.list_batch_events(p_batch_id text, p_after bigint, p_limit bigint) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'batch_id', batch_id, 'at', at, 'type', type, 'data', data) order by id), '[]')
    from (
        select * from public.batch_events where batch_id = p_batch_id and id > p_after order by id limit p_limit
    ) first
$$;

create function public.request_batch_cancel(p_owner text, p_batch_id text, p_wanted boolean) returns void
language plpgsql security invoker set search_path = '' as $$
begin
    update public.batches set cancel_requested = p_wanted where owner = p_owner and batch_id = p_batch_id;
    if not found then
        perform private.no_batch(p_owner, p_batch_id);
    end if;
end $$;

create function public.batch_cancel_requested(p_batch_id text) returns boolean
language sql stable security invoker set search_path = '' as $$
    select coalesce((select cancel_requested from public.batches where batch_id = p_batch_id), false)
$$;


-- who may do what -----------------------------------------------------------------------------------------------------

do $$
declare
    v_role text;
    v_function regprocedure;
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and proname = any (array[
            'add_batch', 'batch_cancel_requested', 'list_batch_cells', 'list_batch_events', 'list_batches', 'load_batch',
            'log_batch', 'no_batch', 'put_cells', 'request_batch_cancel', 'save_batch', 'save_cell_results'])
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
    for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
        execute format('revoke all on public.batch_events from %I', v_role);
        if v_role <> 'anon' then
            execute format('grant select, insert on public.batch_events to %I', v_role);
        end if;
        -- What a cell was tested with is not forgotten: a batch and its cells are changed, and never deleted.
        execute format('revoke delete on public.batches, public.batch_cells from %I', v_role);
    end loop;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261122110000, 'log and cancel batches', now());
