-- What was seen, the landings and passages that follow from it, and what is counted of them (docs/landings.md). All but
-- `observation`, `correction`, `label_run` and what was imported can be computed again.

create table observation (
  id text collate "C" not null primary key,
  source text collate "C" not null check (source in ('hook', 'watcher', 'ci')),
  point_id text collate "C" not null references point (id) deferrable initially deferred,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  before text collate "C" not null,
  after text collate "C" not null,
  body text collate "C" not null,
  at bigint not null,
  received_at bigint not null,
  check (at <= received_at)
);
-- The commit first: where a planner knows nothing yet, it must have no other way to a commit than this one.
create index observation_from on observation (before, repository_key, ref);
create index observation_to on observation (after, repository_key, ref);
create index observation_at on observation (repository_key, at);

-- Moves that something new is known of: what a job makes landings of.
create table move_dirty (
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  before text collate "C" not null,
  after text collate "C" not null,
  primary key (repository_key, ref, before, after)
);

create table landing (
  id text collate "C" not null primary key,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  before text collate "C" not null,
  after text collate "C" not null,
  ordinal bigint not null check (ordinal >= 1),
  seen text collate "C" not null check (seen in ('hook', 'watcher', 'both', 'ci', 'inferred')),
  program_digest text collate "C" not null,
  at bigint not null,
  received_at bigint not null,
  check (at <= received_at),
  constraint landing_key unique (repository_key, ref, before, after, ordinal)
);
create index landing_to on landing (after, repository_key, ref);
create index landing_at on landing (repository_key, ref, at);

-- `hour` is the local one, `weekday` 1 (Monday) to 7; `actor` is null where nobody is named.
create table passage (
  landing_id text collate "C" not null references landing (id) deferrable initially deferred,
  gate text collate "C" not null,
  outcome text collate "C" not null,
  at bigint not null,
  zone text collate "C" not null,
  day text collate "C" not null check (length(day) = 10),
  weekday bigint not null check (weekday between 1 and 7),
  hour bigint not null check (hour between 0 and 23),
  actor text collate "C",
  incident_id text collate "C",
  grant_id text collate "C",
  primary key (landing_id, gate)
);
create index passage_day on passage (gate, day, at);
create index passage_incident on passage (gate, incident_id) where incident_id is not null;
create index passage_use on passage (gate, outcome, at);

-- What the past was taken for before something late was told. The landing may be gone by then.
create table correction (
  landing_id text collate "C" not null,
  gate text collate "C" not null,
  day text collate "C" not null,
  was text collate "C" not null,
  "is" text collate "C" not null,
  at bigint not null,
  primary key (landing_id, gate, at),
  check (was <> "is")
);
create index correction_gate on correction (gate, at);

create table cell_dirty (
  gate text collate "C" not null,
  day text collate "C" not null check (length(day) = 10),
  primary key (gate, day)
);

create table gate_day (
  gate text collate "C" not null,
  day text collate "C" not null check (length(day) = 10),
  zone text collate "C" not null,
  passed bigint not null check (passed >= 0),
  opened_by_grant bigint not null check (opened_by_grant >= 0),
  waived bigint not null check (waived >= 0),
  failed_open bigint not null check (failed_open >= 0),
  preapproved bigint not null check (preapproved >= 0),
  late_use bigint not null check (late_use >= 0),
  grant_mismatch bigint not null check (grant_mismatch >= 0),
  bypassed_while_grant_open bigint not null check (bypassed_while_grant_open >= 0),
  bypassed_unsanctioned bigint not null check (bypassed_unsanctioned >= 0),
  disclosed bigint not null check (disclosed >= 0),
  landed_while_off bigint not null check (landed_while_off >= 0),
  unknown bigint not null check (unknown >= 0),
  during_incident bigint not null check (during_incident >= 0),
  primary key (gate, day, zone)
);

-- The days of a month in one text: what is read of a thousand gates at once.
create table gate_month (
  gate text collate "C" not null,
  month text collate "C" not null check (length(month) = 7),
  days text collate "C" not null,
  primary key (month, gate)
);

create table gate_hour (
  gate text collate "C" not null,
  month text collate "C" not null check (length(month) = 7),
  weekday bigint not null check (weekday between 1 and 7),
  hour bigint not null check (hour between 0 and 23),
  passages bigint not null check (passages >= 0),
  bypassed bigint not null check (bypassed between 0 and passages),
  primary key (gate, month, weekday, hour)
);

-- `actor` is empty for passages that name nobody: they say how much of a gate has people at all.
create table gate_actor_month (
  gate text collate "C" not null,
  month text collate "C" not null check (length(month) = 7),
  actor text collate "C" not null,
  passages bigint not null check (passages >= 0),
  outside bigint not null check (outside between 0 and passages),
  primary key (gate, month, actor)
);

create table episode (
  id text collate "C" not null primary key,
  gate text collate "C" not null,
  at bigint not null,
  day text collate "C" not null check (length(day) = 10),
  actor text collate "C",
  incident_id text collate "C",
  sanctioned bigint not null check (sanctioned in (0, 1)),
  in_person_signals bigint not null check (in_person_signals in (0, 1)),
  uses bigint not null check (uses >= 1)
);
create index episode_gate on episode (gate, day);
create index episode_day on episode (day, gate);

-- One run of the labels a month: what it found, and what is shown since.
create table label_run (
  gate text collate "C" not null,
  month text collate "C" not null check (length(month) = 7),
  found text collate "C" not null,
  shown text collate "C" not null,
  fired text collate "C" not null,
  x bigint not null check (x >= 0),
  n bigint not null check (n >= x),
  reason text collate "C" not null,
  ran_at bigint not null,
  primary key (gate, month)
);

-- While somebody was in contact with a point, with no pause that is longer than a quarter of an hour.
create table watch_stretch (
  point_id text collate "C" not null references point (id) deferrable initially deferred,
  from_at bigint not null,
  until_at bigint not null,
  primary key (point_id, from_at),
  check (from_at <= until_at)
);

-- Counts from before the program was adopted: derived, and never added to what was observed.
create table import_batch (
  digest text collate "C" not null primary key,
  name text collate "C" not null,
  derived_from text collate "C" not null,
  imported_by text collate "C" not null references person (id) deferrable initially deferred,
  at bigint not null
);

create table derived_day (
  digest text collate "C" not null references import_batch (digest) deferrable initially deferred,
  gate text collate "C" not null,
  day text collate "C" not null check (length(day) = 10),
  passages bigint not null check (passages >= 0),
  bypassed bigint not null check (bypassed between 0 and passages),
  rollbacks bigint not null check (rollbacks between 0 and bypassed),
  primary key (digest, gate, day)
);
create index derived_day_gate on derived_day (gate, day);

-- Whether a use came late is asked for each landing that a grant opened.
create index finding_grant on finding (grant_id) where grant_id is not null;
