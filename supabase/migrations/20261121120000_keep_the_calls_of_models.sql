-- Calls of language models by session, their recorded replies, their own trials, and the user's strategies.

create table public.model_calls (
    session_id text not null,
    n integer not null,
    owner text not null,
    request_hash text not null,
    status text not null,
    document jsonb not null,
    constraint pk_model_calls primary key (session_id, n),
    constraint fk_model_calls_owner_session_id foreign key (owner, session_id)
        references public.sessions (owner, session_id) on delete cascade
);

alter table public.model_calls enable row level security;

create policy own on public.model_calls
    using (owner = (select public.request_owner())) with check (owner = (select public.request_owner()));


-- calls of models -----------------------------------------------------------------------------------------------------

-- What a model wrote is in the documents as one text: its characters and the order of its keys stay as they were.
create function public.reserve_model_call(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.model_calls := json_populate_record(null::public.model_calls, p_row::json);
begin
    perform private.hold(array['session ' || v_row.session_id]);
    if not exists (select from public.sessions where owner = v_row.owner and session_id = v_row.session_id) then
        perform private.no_session(v_row.owner, v_row.session_id);
    end if;
    insert into public.model_calls (session_id, n, owner, request_hash, status, document)
    values (v_row.session_id, v_row.n, v_row.owner, v_row.request_hash, v_row.status, v_row.document)
    on conflict do nothing;
    if not found then
        raise sqlstate 'PT409' using
            message = format('Session %s has a call %s of a model already.', v_row.session_id, v_row.n),
            hint = 'give the next call the next number';
    end if;
end $$;

create function public.settle_model_call(p_row text, p_reply text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.model_calls := json_populate_record(null::public.model_calls, p_row::json);
    v_reply public.model_replies := json_populate_record(null::public.model_replies, p_reply::json);
begin
    perform private.hold(array['session ' || v_row.session_id]);
    update public.model_calls
    set request_hash = v_row.request_hash, status = v_row.status, document = v_row.document
    where owner = v_row.owner and session_id = v_row.session_id and n = v_row.n and status = 'reserved';
    if not found then
        raise sqlstate 'PT404' using
            message = format('Session %s has no reserved call %s of a model.', v_row.session_id, v_row.n),
            hint = 'reserve a call before it is made, and settle it once';
    end if;
    if p_reply is not null then
        insert into public.model_replies (owner, request_hash, model, created_at, input_tokens, output_tokens, reply)
        values (v_reply.owner, v_reply.request_hash, v_reply.model, v_reply.created_at, v_reply.input_tokens,
            v_reply.output_tokens, v_reply.reply)
        on conflict do nothing;
    end if;
end $$;

create function public.find_model_reply(p_owner text, p_request_hash text) returns text
language sql stable security invoker set search_path = '' as $$
    select to_json(recorded)::text from public.model_replies recorded
    where owner = p_owner and request_hash = p_request_hash
$$;

create function public.list_model_calls(p_owner text, p_session_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
begin
    if not exists (select from public.sessions where owner = p_owner and session_id = p_session_id) then
        perform private.no_session(p_owner, p_session_id);
    end if;
    return (
        select coalesce(json_agg(json_build_object('n', n, 'document', document) order by n), '[]')
        from public.model_calls where owner = p_owner and session_id = p_session_id);
end $$;

create function public.kept_model_replies(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(kept order by kept.model), '[]')
    from (
        select model, count(*) as replies, sum(length(reply::text)) as characters, min(created_at) as first,
            max(created_at) as last
        from public.model_replies where owner = p_owner group by model
    ) kept
$$;

-- The trials of a step that makes no attempt, such as a backtest that a model asked for.
create function public.add_trials(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.trial_ledger := json_populate_record(null::public.trial_ledger, p_row::json);
begin
    perform private.hold(array['session ' || v_row.session_id]);
    insert into public.trial_ledger (owner, session_id, step, count, sketch)
    values (private.owner_of_session(v_row.session_id), v_row.session_id, v_row.step, v_row.count, v_row.sketch)
    on conflict do nothing;
end $$;


-- strategies ----------------------------------------------------------------------------------------------------------

create function public.add_strategy(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.strategies := json_populate_record(null::public.strategies, p_row::json);
    v_holder text;
begin
    perform private.hold(array['strategies ' || v_row.owner]);
    select strategy_id into v_holder from public.strategies where owner = v_row.owner and name = v_row.name;
    if found then
        raise sqlstate 'PT409' using
            message = format('There is a strategy named "%s" already (%s).', v_row.name, v_holder),
            hint = 'give the new one another name';
    end if;
    insert into public.strategies (owner, strategy_id, name, spec_hash, created_at, document)
    values (v_row.owner, v_row.strategy_id, v_row.name, v_row.spec_hash, v_row.created_at, v_row.document)
    on conflict do nothing;
    if not found then
        raise sqlstate 'PT409' using message = format('There is a strategy "%s" already.', v_row.strategy_id),
            hint = 'give the new one an id of its own';
    end if;
end $$;

create function public.load_strategy(p_owner text, p_strategy_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_document text;
begin
    select document into v_document from public.strategies where owner = p_owner and strategy_id = p_strategy_id;
    if not found then
        perform private.refuse_unknown('strategy', p_strategy_id, array(
            select strategy_id from public.strategies where owner = p_owner order by number desc limit 1000));
    end if;
    return v_document;
end $$;

create function public.list_strategies(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object('strategy_id', strategy_id, 'document', document)
        order by created_at desc, number desc), '[]')
    from public.strategies where owner = p_owner
$$;


-- who may do what -----------------------------------------------------------------------------------------------------

do $$
declare
    v_role text;
    v_function regprocedure;
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where pronamespace = 'public'::regnamespace and proname = any (array[
            'add_strategy', 'add_trials', 'find_model_reply', 'kept_model_replies', 'list_model_calls',
            'list_strategies', 'load_strategy', 'reserve_model_call', 'settle_model_call'])
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
        execute format('revoke all on public.model_calls from %I', v_role);
    end loop;
    -- What was spent is not deleted, and no call is handed to another session.
    if exists (select from pg_catalog.pg_roles where rolname = 'authenticated') then
        grant select, insert, update (request_hash, status, document) on public.model_calls to authenticated;
    end if;
    if exists (select from pg_catalog.pg_roles where rolname = 'service_role') then
        grant select, insert, update, delete on public.model_calls to service_role;
    end if;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261121120000, 'keep the calls of models', now());
