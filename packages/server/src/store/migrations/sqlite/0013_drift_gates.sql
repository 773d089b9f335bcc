-- At which gates the protection is off, where whoever saw it can tell; null: at all that stand there.

alter table drift add column gates text;
