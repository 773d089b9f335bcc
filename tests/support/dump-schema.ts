import { sql } from 'kysely'
import type { Rx, Store } from '../../packages/server/src/store/store.ts'

/** The schema as the database itself tells it, sorted, to compare with a golden file. */
export function dumpSchema(store: Store): Promise<string> {
  return store.read(store.engine === 'sqlite' ? dumpSqlite : dumpPostgres)
}

async function dumpSqlite(rx: Rx): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where sql is not null and name not like 'sqlite\\_%' escape '\\'
    order by tbl_name, type desc, name`.execute(rx.db)
  return rows.map(row => `${row.sql};\n`).join('\n')
}

/** There is no pg_dump beside the server that the tests bring; the catalogue says the same. */
async function dumpPostgres(rx: Rx): Promise<string> {
  const { rows } = await sql<{ name: string; line: string }>`
    select name, line from (
      select c.relname as name, 1 as part, a.attnum as position,
        '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || coalesce(' collate "' || nullif(l.collname, 'default') || '"', '')
        || case when a.attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      left join pg_collation l on l.oid = a.attcollation
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      union all
      select c.relname, 2, 0, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
      from pg_constraint k join pg_class c on c.oid = k.conrelid
      where c.relnamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c')
      union all
      select c.relname, 3, 0, '  ' || pg_get_indexdef(i.indexrelid)
      from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
    ) as parts order by name collate "C", part, position, line collate "C"`.execute(rx.db)
  const tables = Map.groupBy(rows, row => row.name)
  return [...tables]
    .map(([name, lines]) => `table ${name}\n${lines.map(({ line }) => `${line}\n`).join('')}`)
    .join('\n')
}
