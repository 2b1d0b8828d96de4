-- Jobs with every field in a column of its own, of which each is had by one worker at a time.

drop table public.jobs;

create table public.jobs (
    number bigserial not null,
    owner text not null,
    job_id text not null,
    kind text not null,
    subject_id text not null,
    status text not null,
    arguments jsonb not null,
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz,
    tries integer not null,
    not_before timestamptz,
    worker text,
    leased_until timestamptz,
    cancel_requested boolean not null,
    progress text not null,
    result jsonb,
    error text,
    constraint pk_jobs primary key (number),
    constraint uq_jobs_job_id unique (job_id)
);

create index ix_jobs_owner_created_at on public.jobs (owner, created_at);
create index ix_jobs_status_number on public.jobs (status, number);
create unique index uq_jobs_unfinished on public.jobs (owner, kind, subject_id)
    where status in ('queued', 'running');

alter table public.jobs enable row level security;

-- A user sees his jobs; they are queued, claimed and ended by the service alone.
create policy read_own on public.jobs for select using (owner = (select public.request_owner()));


-- jobs ----------------------------------------------------------------------------------------------------------------

create function public.add_job(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.jobs := json_populate_record(null::public.jobs, p_row::json);
    v_holder text;
begin
    perform private.hold(array[
        format('job %s %s %s', v_row.owner, v_row.kind, v_row.subject_id), 'job ' || v_row.job_id]);
    if exists (select from public.jobs where job_id = v_row.job_id) then
        raise sqlstate 'PT409' using message = format('There is a job "%s" already.', v_row.job_id),
            hint = 'give the new one an id of its own';
    end if;
    select job_id into v_holder from public.jobs
    where owner = v_row.owner and kind = v_row.kind and subject_id = v_row.subject_id
        and status in ('queued', 'running');
    if found then
        raise sqlstate 'PT409' using
            message = format('Job %s is at work on %s already.', v_holder, v_row.subject_id),
            hint = 'wait until it has ended, or cancel it';
    end if;
    insert into public.jobs (owner, job_id, kind, subject_id, status, arguments, created_at, started_at, ended_at,
        tries, not_before, worker, leased_until, cancel_requested, progress, result, error)
    values (v_row.owner, v_row.job_id, v_row.kind, v_row.subject_id, v_row.status, v_row.arguments, v_row.created_at,
        v_row.started_at, v_row.ended_at, v_row.tries, v_row.not_before, v_row.worker, v_row.leased_until,
        v_row.cancel_requested, v_row.progress, v_row.result, v_row.error);
end $$;

create function private.no_job(p_owner text, p_job_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('job', p_job_id, array(
        select job_id from public.jobs where owner = p_owner order by number desc limit 1000));
end $$;

create function public.load_job(p_owner text, p_job_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_job text;
begin
    select to_json(job)::text into v_job from public.jobs job where owner = p_owner and job_id = p_job_id;
    if not found then
        perform private.no_job(p_owner, p_job_id);
    end if;
    return v_job;
end $$;

create function public.list_jobs(p_owner text, p_limit integer, p_after text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_after public.jobs;
begin
    if p_after is not null then
        select * into v_after from public.jobs where owner = p_owner and job_id = p_after;
        if not found then
            raise sqlstate 'PT422' using message = format('There is no job "%s" to go on behind.', p_after),
                hint = 'begin the list anew';
        end if;
    end if;
    return (
        select coalesce(json_agg(job order by job.created_at desc, job.number desc), '[]')
        from (
            select * from public.jobs
            where owner = p_owner
                and (p_after is null or (created_at, number) < (v_after.created_at, v_after.number))
            order by created_at desc, number desc limit p_limit
        ) job);
end $$;

create function public.unfinished_job(p_owner text, p_kind text, p_subject_id text) returns text
language sql stable security invoker set search_path = '' as $$
    select to_json(job)::text from public.jobs job
    where owner = p_owner and kind = p_kind and subject_id = p_subject_id and status in ('queued', 'running')
$$;

-- Queued and its time has come, or left behind by a worker that let its lease end.
create function private.is_due(p_job public.jobs, p_now timestamptz) returns boolean
language sql immutable set search_path = '' as $$
    select (p_job.status = 'queued' and coalesce(p_job.not_before <= p_now, true))
        or (p_job.status = 'running' and p_job.leased_until <= p_now)
$$;

create function public.claim_job(p_worker text, p_now timestamptz, p_leased_until timestamptz, p_job_id text)
returns text
language plpgsql security invoker set search_path = '' as $$
declare
    v_number bigint;
    v_job text;
begin
    select number into v_number from public.jobs job
    where status in ('queued', 'running') and private.is_due(job, p_now) and (p_job_id is null or job_id = p_job_id)
    order by (
        select count(*) from public.jobs others
        where others.owner = job.owner and others.status = 'running' and others.leased_until > p_now), number
    limit 1 for update of job skip locked;
    update public.jobs job
    set status = 'running', worker = p_worker, leased_until = p_leased_until, tries = tries + 1, not_before = null,
        started_at = coalesce(started_at, p_now), progress = ''
    where number = v_number
    returning to_json(job)::text into v_job;
    return v_job;
end $$;

create function public.renew_job(p_job_id text, p_worker text, p_leased_until timestamptz, p_progress text)
returns boolean
language plpgsql security invoker set search_path = '' as $$
begin
    update public.jobs set leased_until = p_leased_until, progress = p_progress
    where job_id = p_job_id and worker = p_worker and status = 'running';
    return found;
end $$;

create function public.save_job(p_row text) returns boolean
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.jobs := json_populate_record(null::public.jobs, p_row::json);
begin
    update public.jobs
    set status = v_row.status, started_at = v_row.started_at, ended_at = v_row.ended_at, tries = v_row.tries,
        not_before = v_row.not_before, leased_until = v_row.leased_until, progress = v_row.progress,
        result = v_row.result, error = v_row.error
    where job_id = v_row.job_id and worker = v_row.worker and status = 'running';
    return found;
end $$;

create function public.release_jobs(p_worker text, p_now timestamptz) returns text
language plpgsql security invoker set search_path = '' as $$
declare
    v_ids text;
begin
    with released as (
        update public.jobs set leased_until = p_now where worker = p_worker and status = 'running'
        returning job_id, number
    )
    select coalesce(json_agg(job_id order by number), '[]') into v_ids from released;
    return v_ids;
end $$;

create function public.running_jobs() returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(job order by number), '[]') from public.jobs job where status = 'running'
$$;

create function public.due_jobs(p_now timestamptz) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(job_id order by number), '[]') from public.jobs job
    where status in ('queued', 'running') and private.is_due(job, p_now)
$$;

create function public.cancel_job(p_owner text, p_job_id text, p_at timestamptz) returns text
language plpgsql security invoker set search_path = '' as $$
begin
    update public.jobs
    set cancel_requested = true, ended_at = case when status = 'queued' then p_at end,
        status = case when status = 'queued' then 'cancelled' else status end
    where owner = p_owner and job_id = p_job_id and status in ('queued', 'running');
    return public.load_job(p_owner, p_job_id);
end $$;

create function public.job_cancel_requested(p_job_id text) returns boolean
language sql stable security invoker set search_path = '' as $$
    select coalesce((select cancel_requested from public.jobs where job_id = p_job_id), false)
$$;

create function public.count_jobs() returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_object_agg(status, number order by status), '{}')
    from (select status, count(*) as number from public.jobs group by status) counted
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
            'is_due', 'no_job', 'add_job', 'load_job', 'list_jobs', 'unfinished_job', 'claim_job', 'renew_job', 'save_job',
            'release_jobs', 'running_jobs', 'due_jobs', 'cancel_job', 'job_cancel_requested', 'count_jobs'])
    loop
        execute format('revoke execute on function %s from public', v_function);
        for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
        loop
            execute format('revoke execute on function %s from %I', v_function, v_role);
            if v_role = 'service_role' then
                execute format('grant execute on function %s to %I', v_function, v_role);
            end if;
        end loop;
    end loop;
    for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
        execute format('revoke all on public.jobs from %I', v_role);
        if v_role <> 'anon' then
            execute format('grant select on public.jobs to %I', v_role);
        end if;
    end loop;
    if exists (select from pg_catalog.pg_roles where rolname = 'service_role') then
        grant insert, update, delete on public.jobs to service_role;
        grant usage on sequence public.jobs_number_seq to service_role;
    end if;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261122100000, 'keep jobs in columns', now());
