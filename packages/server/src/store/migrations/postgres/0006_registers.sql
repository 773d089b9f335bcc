-- Waivers: registered temporary exceptions from one gate, each place under its own statement; repairs: commitments to mend a
-- gate. Texts are sealed.

create table waiver (
  id text collate "C" not null primary key,
  gate text collate "C" not null,
  class text collate "C" not null,
  state text collate "C" not null,
  requester text collate "C" not null references person (id) deferrable initially deferred,
  owner text collate "C" not null references person (id) deferrable initially deferred,
  reason_commit text collate "C" not null,
  seconds bigint not null check (seconds > 0),
  requested_at bigint not null,
  granted_at bigint,
  expires_at bigint,
  ended_at bigint,
  since_at bigint not null,
  renewals bigint not null check (renewals >= 0),
  approvals_needed bigint not null check (approvals_needed >= 1),
  approvers text collate "C" not null,
  may_approve text collate "C" not null,
  program_digest text collate "C" not null,
  check ((granted_at is null) = (expires_at is null)),
  check (granted_at is null or granted_at < expires_at)
);
create index waiver_state on waiver (state, expires_at);
create index waiver_gate on waiver (gate, granted_at);

create table waiver_place (
  waiver_id text collate "C" not null references waiver (id) deferrable initially deferred,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  sid text collate "C" references statement (sid) deferrable initially deferred,
  primary key (waiver_id, repository_key, ref)
);
create index waiver_place_repository on waiver_place (repository_key, ref);

create table repair (
  id text collate "C" not null primary key,
  gate text collate "C" not null,
  cause text collate "C" not null,
  state text collate "C" not null,
  owner text collate "C" not null references person (id) deferrable initially deferred,
  sponsor text collate "C" not null references person (id) deferrable initially deferred,
  opened_by text collate "C" not null references person (id) deferrable initially deferred,
  plan_commit text collate "C" not null,
  paused_commit text collate "C" not null,
  due_on text collate "C" not null check (length(due_on) = 10),
  opened_at bigint not null,
  ended_at bigint,
  note_commit text collate "C",
  check ((ended_at is null) = (note_commit is null))
);
create index repair_state on repair (state, due_on);
create index repair_gate on repair (gate, opened_at);
