-- What became of landings, and whose they were (docs/landings.md "Who" and "Harm").

alter table observation add column pusher text;
create index observation_pusher on observation (pusher) where pusher is not null;

create table landing_undone (
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  undone_by text not null,
  at integer not null,
  primary key (repository_key, ref, before, after, undone_by)
) strict;

create table incident_cause (
  incident_id text not null references incident (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  commit_id text not null,
  named_by text not null references person (id) deferrable initially deferred,
  at integer not null,
  primary key (incident_id, repository_key, commit_id)
) strict;
create index incident_cause_landing on incident_cause (repository_key, commit_id);
