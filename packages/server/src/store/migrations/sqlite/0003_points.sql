-- A window of passing is logged for one change at a time: which statement let this one pass, on which ref, and why its
-- check could not run.
alter table unavailable_pass add column sid text references statement (sid) deferrable initially deferred;
alter table unavailable_pass add column ref text;
alter table unavailable_pass add column why_commit text;
