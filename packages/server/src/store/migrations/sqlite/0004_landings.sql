-- What was seen, the landings and passages that follow from it, and what is counted of them (docs/landings.md). All but
-- `observation`, `correction`, `label_run` and what was imported can be computed again.

create table observation (
  id text not null primary key,
  source text not null check (source in ('hook', 'watcher', 'ci')),
  point_id text not null references point (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  body text not null,
  at integer not null,
  received_at integer not null,
  check (at <= received_at)
) strict;
-- The commit first: where a planner knows nothing yet, it must have no other way to a commit than this one.
create index observation_from on observation (before, repository_key, ref);
create index observation_to on observation (after, repository_key, ref);
create index observation_at on observation (repository_key, at);

-- Moves that something new is known of: what a job makes landings of.
create table move_dirty (
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  primary key (repository_key, ref, before, after)
) strict;

create table landing (
  id text not null primary key,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  ordinal integer not null check (ordinal >= 1),
  seen text not null check (seen in ('hook', 'watcher', 'both', 'ci', 'inferred')),
  program_digest text not null,
  at integer not null,
  received_at integer not null,
  check (at <= received_at),
  constraint landing_key unique (repository_key, ref, before, after, ordinal)
) strict;
create index landing_to on landing (after, repository_key, ref);
create index landing_at on landing (repository_key, ref, at);

-- `hour` is the local one, `weekday` 1 (Monday) to 7; `actor` is null where nobody is named.
create table passage (
  landing_id text not null references landing (id) deferrable initially deferred,
  gate text not null,
  outcome text not null,
  at integer not null,
  zone text not null,
  day text not null check (length(day) = 10),
  weekday integer not null check (weekday between 1 and 7),
  hour integer not null check (hour between 0 and 23),
  actor text,
  incident_id text,
  grant_id text,
  primary key (landing_id, gate)
) strict;
create index passage_day on passage (gate, day, at);
create index passage_incident on passage (gate, incident_id) where incident_id is not null;
create index passage_use on passage (gate, outcome, at);

-- What the past was taken for before something late was told. The landing may be gone by then.
create table correction (
  landing_id text not null,
  gate text not null,
  day text not null,
  was text not null,
  "is" text not null,
  at integer not null,
  primary key (landing_id, gate, at),
  check (was <> "is")
) strict;
create index correction_gate on correction (gate, at);

create table cell_dirty (
  gate text not null,
  day text not null check (length(day) = 10),
  primary key (gate, day)
) strict;

create table gate_day (
  gate text not null,
  day text not null check (length(day) = 10),
  zone text not null,
  passed integer not null check (passed >= 0),
  opened_by_grant integer not null check (opened_by_grant >= 0),
  waived integer not null check (waived >= 0),
  failed_open integer not null check (failed_open >= 0),
  preapproved integer not null check (preapproved >= 0),
  late_use integer not null check (late_use >= 0),
  grant_mismatch integer not null check (grant_mismatch >= 0),
  bypassed_while_grant_open integer not null check (bypassed_while_grant_open >= 0),
  bypassed_unsanctioned integer not null check (bypassed_unsanctioned >= 0),
  disclosed integer not null check (disclosed >= 0),
  landed_while_off integer not null check (landed_while_off >= 0),
  unknown integer not null check (unknown >= 0),
  during_incident integer not null check (during_incident >= 0),
  primary key (gate, day, zone)
) strict;

-- The days of a month in one text: what is read of a thousand gates at once.
create table gate_month (
  gate text not null,
  month text not null check (length(month) = 7),
  days text not null,
  primary key (month, gate)
) strict;

create table gate_hour (
  gate text not null,
  month text not null check (length(month) = 7),
  weekday integer not null check (weekday between 1 and 7),
  hour integer not null check (hour between 0 and 23),
  passages integer not null check (passages >= 0),
  bypassed integer not null check (bypassed between 0 and passages),
  primary key (gate, month, weekday, hour)
) strict;

-- `actor` is empty for passages that name nobody: they say how much of a gate has people at all.
create table gate_actor_month (
  gate text not null,
  month text not null check (length(month) = 7),
  actor text not null,
  passages integer not null check (passages >= 0),
  outside integer not null check (outside between 0 and passages),
  primary key (gate, month, actor)
) strict;

create table episode (
  id text not null primary key,
  gate text not null,
  at integer not null,
  day text not null check (length(day) = 10),
  actor text,
  incident_id text,
  sanctioned integer not null check (sanctioned in (0, 1)),
  in_person_signals integer not null check (in_person_signals in (0, 1)),
  uses integer not null check (uses >= 1)
) strict;
create index episode_gate on episode (gate, day);
create index episode_day on episode (day, gate);

-- One run of the labels a month: what it found, and what is shown since.
create table label_run (
  gate text not null,
  month text not null check (length(month) = 7),
  found text not null,
  shown text not null,
  fired text not null,
  x integer not null check (x >= 0),
  n integer not null check (n >= x),
  reason text not null,
  ran_at integer not null,
  primary key (gate, month)
) strict;

-- While somebody was in contact with a point, with no pause that is longer than a quarter of an hour.
create table watch_stretch (
  point_id text not null references point (id) deferrable initially deferred,
  from_at integer not null,
  until_at integer not null,
  primary key (point_id, from_at),
  check (from_at <= until_at)
) strict;

-- Counts from before the program was adopted: derived, and never added to what was observed.
create table import_batch (
  digest text not null primary key,
  name text not null,
  derived_from text not null,
  imported_by text not null references person (id) deferrable initially deferred,
  at integer not null
) strict;

create table derived_day (
  digest text not null references import_batch (digest) deferrable initially deferred,
  gate text not null,
  day text not null check (length(day) = 10),
  passages integer not null check (passages >= 0),
  bypassed integer not null check (bypassed between 0 and passages),
  rollbacks integer not null check (rollbacks between 0 and bypassed),
  primary key (digest, gate, day)
) strict;
create index derived_day_gate on derived_day (gate, day);

-- Whether a use came late is asked for each landing that a grant opened.
create index finding_grant on finding (grant_id) where grant_id is not null;
