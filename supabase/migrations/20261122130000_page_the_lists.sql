-- Lists are read in pages: from the row behind a given one on, newest first.
--
-- A function is made anew for its further parameters, each of which may be left out; another of the same name beside it
-- would leave a call that names the old ones undecided.

drop function public.list_bots(text);
drop function public.list_events(text, bigint);
drop function public.list_runs(text, integer);
drop function public.list_strategies(text);

create function private.no_place(p_noun text, p_after text) returns void
language plpgsql immutable set search_path = '' as $$
begin
    raise sqlstate 'PT422' using message = format('There is no %s "%s" to go on behind.', p_noun, p_after),
        hint = 'begin the list anew';
end $$;

create function public.list_events(p_session_id text, p_after bigint, p_limit bigint default null) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'session_id', session_id, 'at', at, 'type', type, 'data', data) order by id), '[]')
    from (
        select * from public.session_events where session_id = p_session_id and id > p_after order by id limit p_limit
    ) first
$$;

create function public.session_lines(
    p_owner text, p_limit bigint, p_after text default null, p_status text default null
) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz := 'infinity';
    v_number bigint := 0;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number
        from public.sessions where owner = p_owner and session_id = p_after;
        if not found then
            perform private.no_place('session', p_after);
        end if;
    end if;
    return (
        select coalesce(json_agg(line order by created_at desc, number desc), '[]')
        from (
            select created_at, number, json_build_object(
                'session_id', session_id, 'status', status, 'created_at', created_at,
                'request', document #>> '{request,text}', 'understood', document ->> 'goal' is not null,
                'outcome', document #>> '{verdict,outcome}', 'bot_id', document ->> 'bot_id') as line
            from public.sessions
            where owner = p_owner and (created_at, number) < (v_at, v_number)
                and (p_status is null or status = p_status)
            order by created_at desc, number desc limit p_limit
        ) newest);
end $$;

create function public.list_runs(p_owner text, p_limit bigint, p_after text default null) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz := 'infinity';
    v_number bigint := 0;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number
        from public.backtest_runs where owner = p_owner and run_id = p_after;
        if not found then
            perform private.no_place('backtest', p_after);
        end if;
    end if;
    return (
        select coalesce(json_agg(line order by created_at desc, number desc), '[]')
        from (
            select created_at, number, json_build_object('run_id', run_id, 'document', document) as line
            from public.backtest_runs
            where owner = p_owner and (created_at, number) < (v_at, v_number)
            order by created_at desc, number desc limit p_limit
        ) newest);
end $$;

create function public.list_bots(p_owner text, p_limit bigint default null, p_after text default null) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz := 'infinity';
    v_number bigint := 0;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number from public.bots where owner = p_owner and bot_id = p_after;
        if not found then
            perform private.no_place('bot', p_after);
        end if;
    end if;
    return (
        select coalesce(json_agg(document order by created_at desc, number desc), '[]')
        from (
            select created_at, number, document from public.bots
            where owner = p_owner and (created_at, number) < (v_at, v_number)
            order by created_at desc, number desc limit p_limit
        ) newest);
end $$;

create function public.list_strategies(p_owner text, p_limit bigint default null, p_after text default null)
returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_at timestamptz := 'infinity';
    v_number bigint := 0;
begin
    if p_after is not null then
        select created_at, number into v_at, v_number
        from public.strategies where owner = p_owner and strategy_id = p_after;
        if not found then
            perform private.no_place('strategy', p_after);
        end if;
    end if;
    return (
        select coalesce(json_agg(line order by created_at desc, number desc), '[]')
        from (
            select created_at, number, json_build_object('strategy_id', strategy_id, 'document', document) as line
            from public.strategies
            where owner = p_owner and (created_at, number) < (v_at, v_number)
            order by created_at desc, number desc limit p_limit
        ) newest);
end $$;

create function public.delete_strategy(p_owner text, p_strategy_id text) returns void
language plpgsql security invoker set search_path = '' as $$
begin
    delete from public.strategies where owner = p_owner and strategy_id = p_strategy_id;
    if not found then
        perform private.refuse_unknown('strategy', p_strategy_id, array(
            select strategy_id from public.strategies where owner = p_owner order by number desc limit 1000));
    end if;
end $$;


-- who may do what -----------------------------------------------------------------------------------------------------

do $$
declare
    v_role text;
    v_function regprocedure;
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where (pronamespace = 'public'::regnamespace and proname = any (array[
                'delete_strategy', 'list_bots', 'list_events', 'list_runs', 'list_strategies', 'session_lines']))
            or (pronamespace = 'private'::regnamespace and proname = 'no_place')
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
end $$;

insert into public.schema_migrations (number, name, applied_at) values (20261122130000, 'page the lists', now());
