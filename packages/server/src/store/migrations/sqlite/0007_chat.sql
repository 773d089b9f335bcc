-- Where a report that fell due is posted, and how that went.

alter table forum_report add column publish_to text;
alter table forum_report add column published_at integer;
alter table forum_report add column publish_error text;
