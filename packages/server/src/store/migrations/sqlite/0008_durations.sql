-- How long a check ran, where it was said.

alter table result add column took_ms integer check (took_ms >= 0);
alter table point_result add column took_ms integer check (took_ms >= 0);
