table account
  issuer text collate "C" not null
  subject text collate "C" not null
  person_id text collate "C" not null
  linked_at bigint not null
  constraint account_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint account_pkey PRIMARY KEY (issuer, subject)
  CREATE INDEX account_person ON public.account USING btree (person_id)

table alarm
  id text collate "C" not null
  kind text collate "C" not null
  key text collate "C" not null
  words text collate "C" not null
  since_at bigint not null
  last_told_at bigint
  ended_at bigint
  constraint alarm_pkey PRIMARY KEY (id)
  CREATE UNIQUE INDEX alarm_open ON public.alarm USING btree (kind, key) WHERE (ended_at IS NULL)

table cell_dirty
  gate text collate "C" not null
  day text collate "C" not null
  constraint cell_dirty_day_check CHECK ((length(day) = 10))
  constraint cell_dirty_pkey PRIMARY KEY (gate, day)

table correction
  landing_id text collate "C" not null
  gate text collate "C" not null
  day text collate "C" not null
  was text collate "C" not null
  is text collate "C" not null
  at bigint not null
  constraint correction_check CHECK ((was <> "is"))
  constraint correction_pkey PRIMARY KEY (landing_id, gate, at)
  CREATE INDEX correction_gate ON public.correction USING btree (gate, at)

table delivery
  seq bigint not null
  source text collate "C" not null
  delivery_id text collate "C" not null
  event text collate "C" not null
  encoding text collate "C" not null
  body bytea not null
  body_bytes bigint not null
  received_at bigint not null
  action text collate "C"
  reading text collate "C"
  what text collate "C"
  superseded bigint
  read_at bigint
  constraint delivery_body_bytes_check CHECK ((body_bytes >= 0))
  constraint delivery_encoding_check CHECK ((encoding = ANY (ARRAY['plain'::text, 'zstd'::text])))
  constraint delivery_pkey PRIMARY KEY (seq)
  constraint delivery_reading_check CHECK ((reading = ANY (ARRAY['told'::text, 'ignored'::text, 'unknown'::text])))
  constraint delivery_superseded_check CHECK ((superseded = ANY (ARRAY[(0)::bigint, (1)::bigint])))
  CREATE INDEX delivery_received ON public.delivery USING btree (received_at)
  CREATE INDEX delivery_unread ON public.delivery USING btree (seq) WHERE (read_at IS NULL)

table delivery_alive
  source text collate "C" not null
  at bigint not null
  constraint delivery_alive_pkey PRIMARY KEY (source)

table delivery_count
  source text collate "C" not null
  event text collate "C" not null
  reading text collate "C" not null
  what text collate "C" not null
  n bigint not null
  last_at bigint not null
  constraint delivery_count_n_check CHECK ((n >= 0))
  constraint delivery_count_pkey PRIMARY KEY (source, event, reading, what)
  constraint delivery_count_reading_check CHECK ((reading = ANY (ARRAY['told'::text, 'ignored'::text, 'unknown'::text])))

table delivery_gap
  id text collate "C" not null
  source text collate "C" not null
  why text collate "C" not null
  from_at bigint not null
  to_at bigint not null
  refused bigint not null
  constraint delivery_gap_check CHECK ((from_at <= to_at))
  constraint delivery_gap_pkey PRIMARY KEY (id)
  constraint delivery_gap_refused_check CHECK ((refused >= 0))
  constraint delivery_gap_why_check CHECK ((why = ANY (ARRAY['not_running'::text, 'busy'::text, 'not_stored'::text, 'stopping'::text])))
  CREATE INDEX delivery_gap_to ON public.delivery_gap USING btree (source, to_at)

table delivery_refused
  source text collate "C" not null
  reason text collate "C" not null
  n bigint not null
  last_at bigint not null
  constraint delivery_refused_n_check CHECK ((n >= 0))
  constraint delivery_refused_pkey PRIMARY KEY (source, reason)

table delivery_seen
  source text collate "C" not null
  delivery_id text collate "C" not null
  seen_at bigint not null
  constraint delivery_seen_pkey PRIMARY KEY (source, delivery_id)

table derived_day
  digest text collate "C" not null
  gate text collate "C" not null
  day text collate "C" not null
  passages bigint not null
  bypassed bigint not null
  rollbacks bigint not null
  constraint derived_day_check CHECK (((bypassed >= 0) AND (bypassed <= passages)))
  constraint derived_day_check1 CHECK (((rollbacks >= 0) AND (rollbacks <= bypassed)))
  constraint derived_day_day_check CHECK ((length(day) = 10))
  constraint derived_day_digest_fkey FOREIGN KEY (digest) REFERENCES import_batch(digest) DEFERRABLE INITIALLY DEFERRED
  constraint derived_day_passages_check CHECK ((passages >= 0))
  constraint derived_day_pkey PRIMARY KEY (digest, gate, day)
  CREATE INDEX derived_day_gate ON public.derived_day USING btree (gate, day)

table disclosure
  id text collate "C" not null
  about text collate "C" not null
  told_by text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  commit_id text collate "C" not null
  gates text collate "C" not null
  happened_at bigint not null
  at bigint not null
  shared bigint not null
  story_commit text collate "C" not null
  program_digest text collate "C" not null
  review_id text collate "C" not null
  finding_id text collate "C"
  constraint disclosure_about_check CHECK ((about = ANY (ARRAY['own'::text, 'seen'::text])))
  constraint disclosure_check CHECK ((happened_at <= at))
  constraint disclosure_finding_id_fkey FOREIGN KEY (finding_id) REFERENCES finding(id) DEFERRABLE INITIALLY DEFERRED
  constraint disclosure_pkey PRIMARY KEY (id)
  constraint disclosure_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint disclosure_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  constraint disclosure_shared_check CHECK ((shared = ANY (ARRAY[(0)::bigint, (1)::bigint])))
  constraint disclosure_told_by_fkey FOREIGN KEY (told_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX disclosure_at ON public.disclosure USING btree (at)
  CREATE INDEX disclosure_landing ON public.disclosure USING btree (commit_id, repository_key, ref)

table document
  digest text collate "C" not null
  bytes_length bigint not null
  text text collate "C" not null
  created_at bigint not null
  constraint document_bytes_length_check CHECK ((bytes_length >= 0))
  constraint document_pkey PRIMARY KEY (digest)

table drift
  id text collate "C" not null
  point_id text collate "C" not null
  what text collate "C" not null
  owner text collate "C" not null
  landings_while_off bigint not null default 0
  since_at bigint not null
  last_told_at bigint
  until_at bigint
  gates text collate "C"
  constraint drift_landings_while_off_check CHECK ((landings_while_off >= 0))
  constraint drift_pkey PRIMARY KEY (id)
  constraint drift_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  CREATE UNIQUE INDEX drift_open ON public.drift USING btree (point_id, what) WHERE (until_at IS NULL)

table entity_version
  source text collate "C" not null
  entity text collate "C" not null
  at bigint not null
  constraint entity_version_pkey PRIMARY KEY (source, entity)

table episode
  id text collate "C" not null
  gate text collate "C" not null
  at bigint not null
  day text collate "C" not null
  actor text collate "C"
  incident_id text collate "C"
  sanctioned bigint not null
  in_person_signals bigint not null
  uses bigint not null
  constraint episode_day_check CHECK ((length(day) = 10))
  constraint episode_in_person_signals_check CHECK ((in_person_signals = ANY (ARRAY[(0)::bigint, (1)::bigint])))
  constraint episode_pkey PRIMARY KEY (id)
  constraint episode_sanctioned_check CHECK ((sanctioned = ANY (ARRAY[(0)::bigint, (1)::bigint])))
  constraint episode_uses_check CHECK ((uses >= 1))
  CREATE INDEX episode_day ON public.episode USING btree (day, gate)
  CREATE INDEX episode_gate ON public.episode USING btree (gate, day)

table finding
  id text collate "C" not null
  kind text collate "C" not null
  confidence text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  old text collate "C"
  new text collate "C"
  gates text collate "C" not null
  while_off smallint not null
  delivery text collate "C"
  detected_at bigint not null
  state text collate "C" not null
  resolution_commit text collate "C"
  resolved_at bigint
  happened_at bigint
  grant_id text collate "C"
  program_digest text collate "C"
  constraint finding_delivery_key UNIQUE (delivery)
  constraint finding_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint finding_pkey PRIMARY KEY (id)
  constraint finding_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint finding_while_off_check CHECK ((while_off = ANY (ARRAY[0, 1])))
  CREATE INDEX finding_grant ON public.finding USING btree (grant_id) WHERE (grant_id IS NOT NULL)
  CREATE INDEX finding_state ON public.finding USING btree (state, detected_at)

table follow_up
  id text collate "C" not null
  review_id text collate "C" not null
  owner text collate "C" not null
  due_on text collate "C" not null
  text_commit text collate "C" not null
  link text collate "C"
  done_at bigint
  constraint follow_up_owner_fkey FOREIGN KEY (owner) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint follow_up_pkey PRIMARY KEY (id)
  constraint follow_up_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX follow_up_due ON public.follow_up USING btree (done_at, due_on)
  CREATE INDEX follow_up_review ON public.follow_up USING btree (review_id)

table forum
  id text collate "C" not null
  held_at bigint not null
  chair text collate "C" not null
  recorded_by text collate "C" not null
  recorded_at bigint not null
  report_digest text collate "C" not null
  from_at bigint not null
  to_at bigint not null
  constraint forum_chair_fkey FOREIGN KEY (chair) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint forum_check CHECK ((held_at <= recorded_at))
  constraint forum_held_at_key UNIQUE (held_at)
  constraint forum_pkey PRIMARY KEY (id)
  constraint forum_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint forum_report_digest_fkey1 FOREIGN KEY (report_digest) REFERENCES document(digest) DEFERRABLE INITIALLY DEFERRED

table forum_decision
  forum_id text collate "C" not null
  ordinal bigint not null
  gate text collate "C" not null
  question_commit text collate "C"
  decision_commit text collate "C"
  owner text collate "C"
  due_on text collate "C"
  constraint forum_decision_check CHECK ((((decision_commit IS NULL) = (owner IS NULL)) AND ((owner IS NULL) = (due_on IS NULL))))
  constraint forum_decision_due_on_check CHECK ((length(due_on) = 10))
  constraint forum_decision_forum_id_fkey FOREIGN KEY (forum_id) REFERENCES forum(id) DEFERRABLE INITIALLY DEFERRED
  constraint forum_decision_gate UNIQUE (forum_id, gate)
  constraint forum_decision_ordinal_check CHECK ((ordinal >= 1))
  constraint forum_decision_owner_fkey FOREIGN KEY (owner) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint forum_decision_pkey PRIMARY KEY (forum_id, ordinal)

table forum_report
  id text collate "C" not null
  due_at bigint not null
  at bigint not null
  from_at bigint not null
  to_at bigint not null
  digest text collate "C" not null
  headline text collate "C" not null
  publish_to text collate "C"
  published_at bigint
  publish_error text collate "C"
  constraint forum_report_check CHECK ((from_at < to_at))
  constraint forum_report_digest_fkey FOREIGN KEY (digest) REFERENCES document(digest) DEFERRABLE INITIALLY DEFERRED
  constraint forum_report_due_at_key UNIQUE (due_at)
  constraint forum_report_pkey PRIMARY KEY (id)

table gate_actor_month
  gate text collate "C" not null
  month text collate "C" not null
  actor text collate "C" not null
  passages bigint not null
  outside bigint not null
  constraint gate_actor_month_check CHECK (((outside >= 0) AND (outside <= passages)))
  constraint gate_actor_month_month_check CHECK ((length(month) = 7))
  constraint gate_actor_month_passages_check CHECK ((passages >= 0))
  constraint gate_actor_month_pkey PRIMARY KEY (gate, month, actor)

table gate_day
  gate text collate "C" not null
  day text collate "C" not null
  zone text collate "C" not null
  passed bigint not null
  opened_by_grant bigint not null
  waived bigint not null
  failed_open bigint not null
  preapproved bigint not null
  late_use bigint not null
  grant_mismatch bigint not null
  bypassed_while_grant_open bigint not null
  bypassed_unsanctioned bigint not null
  disclosed bigint not null
  landed_while_off bigint not null
  unknown bigint not null
  during_incident bigint not null
  constraint gate_day_bypassed_unsanctioned_check CHECK ((bypassed_unsanctioned >= 0))
  constraint gate_day_bypassed_while_grant_open_check CHECK ((bypassed_while_grant_open >= 0))
  constraint gate_day_day_check CHECK ((length(day) = 10))
  constraint gate_day_disclosed_check CHECK ((disclosed >= 0))
  constraint gate_day_during_incident_check CHECK ((during_incident >= 0))
  constraint gate_day_failed_open_check CHECK ((failed_open >= 0))
  constraint gate_day_grant_mismatch_check CHECK ((grant_mismatch >= 0))
  constraint gate_day_landed_while_off_check CHECK ((landed_while_off >= 0))
  constraint gate_day_late_use_check CHECK ((late_use >= 0))
  constraint gate_day_opened_by_grant_check CHECK ((opened_by_grant >= 0))
  constraint gate_day_passed_check CHECK ((passed >= 0))
  constraint gate_day_pkey PRIMARY KEY (gate, day, zone)
  constraint gate_day_preapproved_check CHECK ((preapproved >= 0))
  constraint gate_day_unknown_check CHECK ((unknown >= 0))
  constraint gate_day_waived_check CHECK ((waived >= 0))

table gate_hour
  gate text collate "C" not null
  month text collate "C" not null
  weekday bigint not null
  hour bigint not null
  passages bigint not null
  bypassed bigint not null
  constraint gate_hour_check CHECK (((bypassed >= 0) AND (bypassed <= passages)))
  constraint gate_hour_hour_check CHECK (((hour >= 0) AND (hour <= 23)))
  constraint gate_hour_month_check CHECK ((length(month) = 7))
  constraint gate_hour_passages_check CHECK ((passages >= 0))
  constraint gate_hour_pkey PRIMARY KEY (gate, month, weekday, hour)
  constraint gate_hour_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))

table gate_month
  gate text collate "C" not null
  month text collate "C" not null
  days text collate "C" not null
  constraint gate_month_month_check CHECK ((length(month) = 7))
  constraint gate_month_pkey PRIMARY KEY (month, gate)

table glass
  id text collate "C" not null
  request_id text collate "C" not null
  state text collate "C" not null
  gate text collate "C" not null
  boundary text collate "C" not null
  class text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C"
  change_key text collate "C" not null
  change text collate "C" not null
  at_point text collate "C" not null
  mode text collate "C" not null
  actor text collate "C" not null
  second_person text collate "C" not null
  approvers text collate "C" not null
  may_approve text collate "C" not null
  waiting_since_at bigint
  waits_until_at bigint
  justification_commit text collate "C" not null
  incident_id text collate "C"
  incident text collate "C"
  ttl_seconds bigint not null
  uses bigint not null
  used bigint not null default 0
  program_digest text collate "C" not null
  keeps text collate "C" not null
  authors text collate "C" not null
  reasons_digest text collate "C" not null
  roster_digest text collate "C"
  requested_at bigint not null
  granted_at bigint
  expires_at bigint
  granted_sid text collate "C"
  live_at bigint
  revoked_at bigint
  shut_at bigint
  shut_confirmed_by text collate "C"
  refusal_code text collate "C"
  refusal_remedy text collate "C"
  told text collate "C" not null
  constraint glass_actor_fkey FOREIGN KEY (actor) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint glass_check CHECK (((used >= 0) AND (used <= uses)))
  constraint glass_granted_sid_fkey FOREIGN KEY (granted_sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint glass_pkey PRIMARY KEY (id)
  constraint glass_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX glass_change ON public.glass USING btree (repository_key, change_key)
  CREATE INDEX glass_incident ON public.glass USING btree (incident_id)
  CREATE INDEX glass_request ON public.glass USING btree (request_id)
  CREATE INDEX glass_requested ON public.glass USING btree (requested_at)
  CREATE INDEX glass_state ON public.glass USING btree (state, expires_at)
  CREATE UNIQUE INDEX glass_open ON public.glass USING btree (gate, repository_key, change_key, at_point) WHERE (state = ANY (ARRAY['requested'::text, 'waiting'::text, 'granted'::text, 'live'::text]))

table glass_use
  grant_id text collate "C" not null
  use_key text collate "C" not null
  at bigint not null
  ref text collate "C"
  old text collate "C"
  new text collate "C"
  run text collate "C"
  late smallint not null default 0
  sid text collate "C" not null
  constraint glass_use_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint glass_use_late_check CHECK ((late = ANY (ARRAY[0, 1])))
  constraint glass_use_pkey PRIMARY KEY (grant_id, use_key)
  constraint glass_use_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint glass_use_sid_key UNIQUE (sid)

table import_batch
  digest text collate "C" not null
  name text collate "C" not null
  derived_from text collate "C" not null
  imported_by text collate "C" not null
  at bigint not null
  constraint import_batch_imported_by_fkey FOREIGN KEY (imported_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint import_batch_pkey PRIMARY KEY (digest)

table incident
  id text collate "C" not null
  title_commit text collate "C"
  severity text collate "C" not null
  state text collate "C" not null
  commander text collate "C"
  opened_by text collate "C" not null
  opened_at bigint not null
  resolved_at bigint
  constraint incident_commander_fkey FOREIGN KEY (commander) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_pkey PRIMARY KEY (id)
  CREATE INDEX incident_state ON public.incident USING btree (state, opened_at)

table incident_cause
  incident_id text collate "C" not null
  repository_key text collate "C" not null
  commit_id text collate "C" not null
  named_by text collate "C" not null
  at bigint not null
  constraint incident_cause_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_cause_named_by_fkey FOREIGN KEY (named_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_cause_pkey PRIMARY KEY (incident_id, repository_key, commit_id)
  constraint incident_cause_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX incident_cause_landing ON public.incident_cause USING btree (repository_key, commit_id)

table invitation
  id text collate "C" not null
  code_hash text collate "C" not null
  person_id text collate "C"
  purpose text collate "C" not null
  created_at bigint not null
  expires_at bigint not null
  used_at bigint
  ended_at bigint
  constraint invitation_code_hash_key UNIQUE (code_hash)
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint invitation_pkey PRIMARY KEY (id)
  CREATE INDEX invitation_person ON public.invitation USING btree (person_id)

table job
  id text collate "C" not null
  kind text collate "C" not null
  key text collate "C" not null
  payload text collate "C" not null
  run_at bigint not null
  revision bigint not null default 1
  attempt bigint not null default 0
  attempt_base bigint not null default 0
  attempts_max bigint not null
  leased_until bigint
  lease_owner text collate "C"
  last_error text collate "C"
  created_at bigint not null
  done_at bigint
  failed_at bigint
  constraint job_attempt_check CHECK ((attempt >= 0))
  constraint job_attempts_max_check CHECK ((attempts_max >= 1))
  constraint job_check CHECK (((attempt_base >= 0) AND (attempt_base <= attempt)))
  constraint job_check1 CHECK (((leased_until IS NULL) = (lease_owner IS NULL)))
  constraint job_check2 CHECK (((done_at IS NULL) OR (failed_at IS NULL)))
  constraint job_pkey PRIMARY KEY (id)
  constraint job_revision_check CHECK ((revision >= 1))
  CREATE INDEX job_due ON public.job USING btree (run_at) WHERE ((done_at IS NULL) AND (failed_at IS NULL))
  CREATE INDEX job_failed ON public.job USING btree (failed_at) WHERE (failed_at IS NOT NULL)
  CREATE UNIQUE INDEX job_open ON public.job USING btree (kind, key) WHERE ((done_at IS NULL) AND (failed_at IS NULL))

table label_run
  gate text collate "C" not null
  month text collate "C" not null
  found text collate "C" not null
  shown text collate "C" not null
  fired text collate "C" not null
  x bigint not null
  n bigint not null
  reason text collate "C" not null
  ran_at bigint not null
  constraint label_run_check CHECK ((n >= x))
  constraint label_run_month_check CHECK ((length(month) = 7))
  constraint label_run_pkey PRIMARY KEY (gate, month)
  constraint label_run_x_check CHECK ((x >= 0))

table landing
  id text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  before text collate "C" not null
  after text collate "C" not null
  ordinal bigint not null
  seen text collate "C" not null
  program_digest text collate "C" not null
  at bigint not null
  received_at bigint not null
  constraint landing_check CHECK ((at <= received_at))
  constraint landing_key UNIQUE (repository_key, ref, before, after, ordinal)
  constraint landing_ordinal_check CHECK ((ordinal >= 1))
  constraint landing_pkey PRIMARY KEY (id)
  constraint landing_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint landing_seen_check CHECK ((seen = ANY (ARRAY['hook'::text, 'watcher'::text, 'both'::text, 'ci'::text, 'inferred'::text])))
  CREATE INDEX landing_at ON public.landing USING btree (repository_key, ref, at)
  CREATE INDEX landing_to ON public.landing USING btree (after, repository_key, ref)

table landing_undone
  repository_key text collate "C" not null
  ref text collate "C" not null
  before text collate "C" not null
  after text collate "C" not null
  undone_by text collate "C" not null
  at bigint not null
  constraint landing_undone_pkey PRIMARY KEY (repository_key, ref, before, after, undone_by)
  constraint landing_undone_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED

table meta
  key text collate "C" not null
  value text collate "C" not null
  constraint meta_pkey PRIMARY KEY (key)

table migration
  number bigint not null
  name text collate "C" not null
  checksum text collate "C" not null
  landed_at bigint not null
  constraint migration_pkey PRIMARY KEY (number)

table move_dirty
  repository_key text collate "C" not null
  ref text collate "C" not null
  before text collate "C" not null
  after text collate "C" not null
  constraint move_dirty_pkey PRIMARY KEY (repository_key, ref, before, after)
  constraint move_dirty_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED

table notice
  id text collate "C" not null
  person_id text collate "C" not null
  at bigint not null
  words text collate "C" not null
  subject text collate "C" not null
  seen_at bigint
  constraint notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint notice_pkey PRIMARY KEY (id)
  CREATE INDEX notice_person ON public.notice USING btree (person_id, seen_at, at)

table observation
  id text collate "C" not null
  source text collate "C" not null
  point_id text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  before text collate "C" not null
  after text collate "C" not null
  body text collate "C" not null
  at bigint not null
  received_at bigint not null
  pusher text collate "C"
  constraint observation_check CHECK ((at <= received_at))
  constraint observation_pkey PRIMARY KEY (id)
  constraint observation_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint observation_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint observation_source_check CHECK ((source = ANY (ARRAY['hook'::text, 'watcher'::text, 'ci'::text])))
  CREATE INDEX observation_at ON public.observation USING btree (repository_key, at)
  CREATE INDEX observation_from ON public.observation USING btree (before, repository_key, ref)
  CREATE INDEX observation_pusher ON public.observation USING btree (pusher) WHERE (pusher IS NOT NULL)
  CREATE INDEX observation_to ON public.observation USING btree (after, repository_key, ref)

table passage
  landing_id text collate "C" not null
  gate text collate "C" not null
  outcome text collate "C" not null
  at bigint not null
  zone text collate "C" not null
  day text collate "C" not null
  weekday bigint not null
  hour bigint not null
  actor text collate "C"
  incident_id text collate "C"
  grant_id text collate "C"
  constraint passage_day_check CHECK ((length(day) = 10))
  constraint passage_hour_check CHECK (((hour >= 0) AND (hour <= 23)))
  constraint passage_landing_id_fkey FOREIGN KEY (landing_id) REFERENCES landing(id) DEFERRABLE INITIALLY DEFERRED
  constraint passage_pkey PRIMARY KEY (landing_id, gate)
  constraint passage_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
  CREATE INDEX passage_day ON public.passage USING btree (gate, day, at)
  CREATE INDEX passage_incident ON public.passage USING btree (gate, incident_id) WHERE (incident_id IS NOT NULL)
  CREATE INDEX passage_use ON public.passage USING btree (gate, outcome, at)

table person
  id text collate "C" not null
  kind text collate "C" not null
  state text collate "C" not null
  name_commit text collate "C" not null
  created_at bigint not null
  ended_at bigint
  constraint person_pkey PRIMARY KEY (id)

table person_role
  person_id text collate "C" not null
  role text collate "C" not null
  since_at bigint not null
  constraint person_role_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint person_role_pkey PRIMARY KEY (person_id, role)

table point
  id text collate "C" not null
  name text collate "C" not null
  kind text collate "C" not null
  enforcement text collate "C" not null
  repository_key text collate "C" not null
  public_key text collate "C" not null
  kid text collate "C" not null
  event_seq bigint not null default 0
  event_prev text collate "C"
  registered_at bigint not null
  last_seen_at bigint
  ended_at bigint
  constraint point_event_seq_check CHECK ((event_seq >= 0))
  constraint point_kid_key UNIQUE (kid)
  constraint point_pkey PRIMARY KEY (id)
  constraint point_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX point_repository ON public.point USING btree (repository_key)

table point_result
  leaf text collate "C" not null
  point_id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  change_key text collate "C" not null
  result text collate "C" not null
  since_at bigint not null
  at bigint not null
  run text collate "C"
  took_ms bigint
  constraint point_result_pkey PRIMARY KEY (leaf)
  constraint point_result_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint point_result_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint point_result_took_ms_check CHECK ((took_ms >= 0))
  CREATE INDEX point_result_newest ON public.point_result USING btree (repository_key, change_key, gate, at)

table program_version
  id text collate "C" not null
  program_id text collate "C" not null
  version bigint
  digest text collate "C" not null
  resolved_digest text collate "C" not null
  previous text collate "C"
  state text collate "C" not null
  class text collate "C" not null
  changes text collate "C" not null
  publisher text collate "C" not null
  approvers text collate "C" not null
  approvals_needed bigint not null
  source text collate "C"
  proposed_at bigint not null
  earliest_at bigint not null
  effective_at bigint
  statement_sid text collate "C"
  members_since text collate "C"
  files_digest text collate "C"
  constraint program_version_approvals_needed_check CHECK ((approvals_needed >= 0))
  constraint program_version_pkey PRIMARY KEY (id)
  constraint program_version_publisher_fkey FOREIGN KEY (publisher) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint program_version_statement_sid_fkey FOREIGN KEY (statement_sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint program_version_version_check CHECK ((version >= 1))
  CREATE UNIQUE INDEX program_version_in_force ON public.program_version USING btree (program_id) WHERE (state = 'in_force'::text)
  CREATE UNIQUE INDEX program_version_number ON public.program_version USING btree (program_id, version) WHERE (version IS NOT NULL)
  CREATE UNIQUE INDEX program_version_open ON public.program_version USING btree (program_id, digest, resolved_digest) WHERE (state = ANY (ARRAY['proposed'::text, 'waiting'::text, 'in_force'::text]))

table refusal_window
  person_id text collate "C" not null
  hour bigint not null
  count bigint not null
  codes text collate "C" not null default '{}'::text
  constraint refusal_window_count_check CHECK ((count >= 1))
  constraint refusal_window_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint refusal_window_pkey PRIMARY KEY (person_id, hour)

table repair
  id text collate "C" not null
  gate text collate "C" not null
  cause text collate "C" not null
  state text collate "C" not null
  owner text collate "C" not null
  sponsor text collate "C" not null
  opened_by text collate "C" not null
  plan_commit text collate "C" not null
  paused_commit text collate "C" not null
  due_on text collate "C" not null
  opened_at bigint not null
  ended_at bigint
  note_commit text collate "C"
  constraint repair_check CHECK (((ended_at IS NULL) = (note_commit IS NULL)))
  constraint repair_due_on_check CHECK ((length(due_on) = 10))
  constraint repair_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint repair_owner_fkey FOREIGN KEY (owner) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint repair_pkey PRIMARY KEY (id)
  constraint repair_sponsor_fkey FOREIGN KEY (sponsor) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX repair_gate ON public.repair USING btree (gate, opened_at)
  CREATE INDEX repair_state ON public.repair USING btree (state, due_on)

table repository
  key text collate "C" not null
  forge text collate "C" not null
  host text collate "C" not null
  id text collate "C" not null
  name text collate "C" not null
  properties text collate "C" not null
  registered_at bigint not null
  constraint repository_name_key UNIQUE (name)
  constraint repository_pkey PRIMARY KEY (key)

table result
  id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  change_key text collate "C" not null
  result text collate "C" not null
  since_at bigint not null
  at bigint not null
  reporter text collate "C" not null
  run text collate "C" not null
  receipt_jws text collate "C" not null
  expires_at bigint not null
  took_ms bigint
  constraint result_pkey PRIMARY KEY (id)
  constraint result_reporter_fkey FOREIGN KEY (reporter) REFERENCES token(id) DEFERRABLE INITIALLY DEFERRED
  constraint result_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint result_took_ms_check CHECK ((took_ms >= 0))
  CREATE INDEX result_newest ON public.result USING btree (repository_key, change_key, gate, at)

table review
  id text collate "C" not null
  of text collate "C" not null
  subject text collate "C" not null
  grant_id text collate "C"
  gate text collate "C" not null
  state text collate "C" not null
  form text collate "C" not null
  actor text collate "C"
  opened_at bigint not null
  due_at bigint
  due_zone text collate "C"
  calendar_digest text collate "C"
  provisional smallint not null
  sign_offs_needed bigint not null
  signed_at bigint
  late smallint not null default 0
  overdue_logged smallint not null default 0
  constraint review_actor_fkey FOREIGN KEY (actor) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_check CHECK (((due_at IS NULL) = (due_zone IS NULL)))
  constraint review_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_late_check CHECK ((late = ANY (ARRAY[0, 1])))
  constraint review_overdue_logged_check CHECK ((overdue_logged = ANY (ARRAY[0, 1])))
  constraint review_pkey PRIMARY KEY (id)
  constraint review_provisional_check CHECK ((provisional = ANY (ARRAY[0, 1])))
  constraint review_sign_offs_needed_check CHECK ((sign_offs_needed >= 0))
  CREATE INDEX review_due ON public.review USING btree (state, due_at)
  CREATE INDEX review_grant ON public.review USING btree (grant_id)
  CREATE UNIQUE INDEX review_subject ON public.review USING btree (of, subject)

table review_answer
  sid text collate "C" not null
  review_id text collate "C" not null
  by text collate "C" not null
  at bigint not null
  body text collate "C" not null
  constraint review_answer_by_fkey FOREIGN KEY (by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_answer_pkey PRIMARY KEY (sid)
  constraint review_answer_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_answer_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX review_answer_review ON public.review_answer USING btree (review_id, at)

table review_sign_off
  sid text collate "C" not null
  review_id text collate "C" not null
  by text collate "C" not null
  at bigint not null
  body text collate "C" not null
  constraint review_sign_off_by_fkey FOREIGN KEY (by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_sign_off_pkey PRIMARY KEY (sid)
  constraint review_sign_off_review_id_by_key UNIQUE (review_id, by)
  constraint review_sign_off_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_sign_off_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED

table review_wait
  repository_key text collate "C" not null
  gate text collate "C" not null
  number bigint not null
  asked_at bigint not null
  given_at bigint
  ended_at bigint
  constraint review_wait_check CHECK (((given_at IS NULL) OR (given_at >= asked_at)))
  constraint review_wait_number_check CHECK ((number >= 1))
  constraint review_wait_pkey PRIMARY KEY (repository_key, gate, number)
  constraint review_wait_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX review_wait_gate ON public.review_wait USING btree (gate, asked_at)

table sealed_text
  commitment text collate "C" not null
  salt text collate "C"
  text text collate "C"
  created_at bigint not null
  erased_at bigint
  constraint sealed_text_check CHECK (((text IS NULL) = (salt IS NULL)))
  constraint sealed_text_check1 CHECK (((text IS NULL) = (erased_at IS NOT NULL)))
  constraint sealed_text_pkey PRIMARY KEY (commitment)

table statement
  sid text collate "C" not null
  leaf text collate "C" not null
  subject text collate "C" not null
  seq bigint not null
  prev text collate "C"
  kind text collate "C" not null
  at bigint not null
  jws text collate "C" not null
  created_at bigint not null
  ledger_index bigint
  proof text collate "C"
  logged_at bigint
  withheld_at bigint
  constraint statement_check CHECK (((prev IS NULL) = (seq = 1)))
  constraint statement_check1 CHECK (((ledger_index IS NULL) = (proof IS NULL)))
  constraint statement_check2 CHECK (((ledger_index IS NULL) = (logged_at IS NULL)))
  constraint statement_check3 CHECK (((ledger_index IS NULL) OR (withheld_at IS NULL)))
  constraint statement_leaf_key UNIQUE (leaf)
  constraint statement_ledger_index_key UNIQUE (ledger_index)
  constraint statement_pkey PRIMARY KEY (sid)
  constraint statement_seq_check CHECK ((seq >= 1))
  constraint statement_subject_seq_key UNIQUE (subject, seq)
  CREATE INDEX statement_kind ON public.statement USING btree (kind, at)
  CREATE INDEX statement_outbox ON public.statement USING btree (subject, seq) WHERE ((ledger_index IS NULL) AND (withheld_at IS NULL))

table token
  id text collate "C" not null
  hash text collate "C" not null
  kind text collate "C" not null
  person_id text collate "C"
  point_id text collate "C"
  gate text collate "C"
  repository_key text collate "C"
  name text collate "C" not null
  created_at bigint not null
  expires_at bigint not null
  ended_at bigint
  last_used_at bigint
  constraint token_check CHECK (((kind = 'person'::text) = (person_id IS NOT NULL)))
  constraint token_check1 CHECK (((kind = 'point'::text) = (point_id IS NOT NULL)))
  constraint token_check2 CHECK (((kind = 'reporter'::text) = ((gate IS NOT NULL) AND (repository_key IS NOT NULL))))
  constraint token_hash_key UNIQUE (hash)
  constraint token_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint token_pkey PRIMARY KEY (id)
  constraint token_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint token_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX token_person ON public.token USING btree (person_id)
  CREATE INDEX token_point ON public.token USING btree (point_id)

table unavailable_pass
  window_id text collate "C" not null
  use_key text collate "C" not null
  change text collate "C" not null
  at bigint not null
  sid text collate "C"
  ref text collate "C"
  why_commit text collate "C"
  constraint unavailable_pass_pkey PRIMARY KEY (window_id, use_key)
  constraint unavailable_pass_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_pass_window_id_fkey FOREIGN KEY (window_id) REFERENCES unavailable_window(id) DEFERRABLE INITIALLY DEFERRED

table unavailable_window
  id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  at_point text collate "C" not null
  from_at bigint not null
  until_at bigint not null
  sid text collate "C" not null
  recovered_at bigint
  constraint unavailable_window_at_point_fkey FOREIGN KEY (at_point) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_window_pkey PRIMARY KEY (id)
  constraint unavailable_window_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_window_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX unavailable_window_from ON public.unavailable_window USING btree (gate, repository_key, from_at)
  CREATE UNIQUE INDEX unavailable_window_open ON public.unavailable_window USING btree (gate, repository_key, at_point) WHERE (recovered_at IS NULL)

table waiver
  id text collate "C" not null
  gate text collate "C" not null
  class text collate "C" not null
  state text collate "C" not null
  requester text collate "C" not null
  owner text collate "C" not null
  reason_commit text collate "C" not null
  seconds bigint not null
  requested_at bigint not null
  granted_at bigint
  expires_at bigint
  ended_at bigint
  since_at bigint not null
  renewals bigint not null
  approvals_needed bigint not null
  approvers text collate "C" not null
  may_approve text collate "C" not null
  program_digest text collate "C" not null
  constraint waiver_approvals_needed_check CHECK ((approvals_needed >= 1))
  constraint waiver_check CHECK (((granted_at IS NULL) = (expires_at IS NULL)))
  constraint waiver_check1 CHECK (((granted_at IS NULL) OR (granted_at < expires_at)))
  constraint waiver_owner_fkey FOREIGN KEY (owner) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint waiver_pkey PRIMARY KEY (id)
  constraint waiver_renewals_check CHECK ((renewals >= 0))
  constraint waiver_requester_fkey FOREIGN KEY (requester) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint waiver_seconds_check CHECK ((seconds > 0))
  CREATE INDEX waiver_gate ON public.waiver USING btree (gate, granted_at)
  CREATE INDEX waiver_state ON public.waiver USING btree (state, expires_at)

table waiver_place
  waiver_id text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  sid text collate "C"
  constraint waiver_place_pkey PRIMARY KEY (waiver_id, repository_key, ref)
  constraint waiver_place_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint waiver_place_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint waiver_place_waiver_id_fkey FOREIGN KEY (waiver_id) REFERENCES waiver(id) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX waiver_place_repository ON public.waiver_place USING btree (repository_key, ref)

table watch_stretch
  point_id text collate "C" not null
  from_at bigint not null
  until_at bigint not null
  constraint watch_stretch_check CHECK ((from_at <= until_at))
  constraint watch_stretch_pkey PRIMARY KEY (point_id, from_at)
  constraint watch_stretch_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
