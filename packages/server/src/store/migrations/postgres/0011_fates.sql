-- What became of landings, and whose they were (docs/landings.md "Who" and "Harm").

alter table observation add column pusher text collate "C";
create index observation_pusher on observation (pusher) where pusher is not null;

create table landing_undone (
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  before text collate "C" not null,
  after text collate "C" not null,
  undone_by text collate "C" not null,
  at bigint not null,
  primary key (repository_key, ref, before, after, undone_by)
);

create table incident_cause (
  incident_id text collate "C" not null references incident (id) deferrable initially deferred,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  commit_id text collate "C" not null,
  named_by text collate "C" not null references person (id) deferrable initially deferred,
  at bigint not null,
  primary key (incident_id, repository_key, commit_id)
);
create index incident_cause_landing on incident_cause (repository_key, commit_id);
