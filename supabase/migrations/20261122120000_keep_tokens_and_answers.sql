-- Tokens of scripts, and answers to requests that may be sent twice.

alter table public.idempotency_keys add column place text;


-- tokens --------------------------------------------------------------------------------------------------------------

create function public.add_token(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.api_tokens := json_populate_record(null::public.api_tokens, p_row::json);
begin
    insert into public.api_tokens (owner, token_id, name, token_hash, created_at, expires_at, revoked_at)
    values (v_row.owner, v_row.token_id, v_row.name, v_row.token_hash, v_row.created_at, v_row.expires_at,
        v_row.revoked_at)
    on conflict do nothing;
    if not found then
        raise sqlstate 'PT409' using message = format('There is a token "%s" already.', v_row.token_id),
            hint = 'make one with an id of its own';
    end if;
end $$;

create function public.find_token(p_hash text) returns text
language sql stable security invoker set search_path = '' as $$
    select to_json(kept)::text from public.api_tokens kept where token_hash = decode(p_hash, 'hex')
$$;

create function public.load_token(p_owner text, p_token_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_row text;
begin
    select to_json(kept)::text into v_row from public.api_tokens kept
    where owner = p_owner and token_id = p_token_id;
    if not found then
        perform private.refuse_unknown('token', p_token_id, array(
            select token_id from public.api_tokens where owner = p_owner order by number desc limit 1000));
    end if;
    return v_row;
end $$;

create function public.list_tokens(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(to_json(kept) order by created_at desc, number desc), '[]')
    from public.api_tokens kept where owner = p_owner
$$;

create function public.revoke_token(p_owner text, p_token_id text, p_at text) returns text
language plpgsql security invoker set search_path = '' as $$
begin
    update public.api_tokens set revoked_at = p_at::timestamptz
    where owner = p_owner and token_id = p_token_id and revoked_at is null;
    return public.load_token(p_owner, p_token_id);
end $$;


-- answers -------------------------------------------------------------------------------------------------------------

create function public.find_answer(p_owner text, p_key text) returns text
language sql stable security invoker set search_path = '' as $$
    select to_json(kept)::text from public.idempotency_keys kept where owner = p_owner and key = p_key
$$;

-- Nothing where the key is new, otherwise what is stored under it.
create function public.claim_key(p_row text) returns text
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.idempotency_keys := json_populate_record(null::public.idempotency_keys, p_row::json);
begin
    insert into public.idempotency_keys (owner, key, request_hash, created_at, place)
    values (v_row.owner, v_row.key, v_row.request_hash, v_row.created_at, v_row.place)
    on conflict do nothing;
    return case when found then null else public.find_answer(v_row.owner, v_row.key) end;
end $$;

create function public.take_over_key(p_row text, p_begun text) returns boolean
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.idempotency_keys := json_populate_record(null::public.idempotency_keys, p_row::json);
begin
    update public.idempotency_keys
    set request_hash = v_row.request_hash, created_at = v_row.created_at, place = v_row.place
    where owner = v_row.owner and key = v_row.key and status is null and created_at = p_begun::timestamptz;
    return found;
end $$;

create function public.keep_answer(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.idempotency_keys := json_populate_record(null::public.idempotency_keys, p_row::json);
begin
    update public.idempotency_keys set status = v_row.status, response = v_row.response, place = null
    where owner = v_row.owner and key = v_row.key and status is null;
end $$;

create function public.release_key(p_owner text, p_key text) returns void
language sql security invoker set search_path = '' as $$
    update public.idempotency_keys set place = null where owner = p_owner and key = p_key and status is null
$$;

create function public.forget_answers(p_before text) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_gone bigint;
begin
    delete from public.idempotency_keys where created_at < p_before::timestamptz;
    get diagnostics v_gone = row_count;
    return v_gone;
end $$;


-- who may do what -----------------------------------------------------------------------------------------------------

do $$
declare
    v_role text;
    v_function regprocedure;
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where pronamespace = 'public'::regnamespace and proname = any (array[
            'add_token', 'claim_key', 'find_answer', 'find_token', 'forget_answers', 'keep_answer', 'list_tokens',
            'load_token', 'release_key', 'revoke_token', 'take_over_key'])
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

insert into public.schema_migrations (number, name, applied_at)
values (20261122120000, 'keep tokens and answers', now());
