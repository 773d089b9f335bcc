-- Waivers: registered temporary exceptions from one gate, each place under its own statement; repairs: commitments to mend a
-- gate. Texts are sealed.

create table waiver (
  id text not null primary key,
  gate text not null,
  class text not null,
  state text not null,
  requester text not null references person (id) deferrable initially deferred,
  owner text not null references person (id) deferrable initially deferred,
  reason_commit text not null,
  seconds integer not null check (seconds > 0),
  requested_at integer not null,
  granted_at integer,
  expires_at integer,
  ended_at integer,
  since_at integer not null,
  renewals integer not null check (renewals >= 0),
  approvals_needed integer not null check (approvals_needed >= 1),
  approvers text not null,
  may_approve text not null,
  program_digest text not null,
  check ((granted_at is null) = (expires_at is null)),
  check (granted_at is null or granted_at < expires_at)
) strict;
create index waiver_state on waiver (state, expires_at);
create index waiver_gate on waiver (gate, granted_at);

create table waiver_place (
  waiver_id text not null references waiver (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  sid text references statement (sid) deferrable initially deferred,
  primary key (waiver_id, repository_key, ref)
) strict;
create index waiver_place_repository on waiver_place (repository_key, ref);

create table repair (
  id text not null primary key,
  gate text not null,
  cause text not null,
  state text not null,
  owner text not null references person (id) deferrable initially deferred,
  sponsor text not null references person (id) deferrable initially deferred,
  opened_by text not null references person (id) deferrable initially deferred,
  plan_commit text not null,
  paused_commit text not null,
  due_on text not null check (length(due_on) = 10),
  opened_at integer not null,
  ended_at integer,
  note_commit text,
  check ((ended_at is null) = (note_commit is null))
) strict;
create index repair_state on repair (state, due_on);
create index repair_gate on repair (gate, opened_at);
