import { type Journal, numberOf, textOf } from './journal.ts'

/** An offline grant to be spent here: its own journal is all that counts. */
export interface OfflineSpend {
  grant: string
  useKey: string
  uses: number
  expiresAtMs: number
}

export type Spent = { ok: true; already: boolean } | { ok: false; used: number; uses: number }

/**
 * Within the caller's immediate transaction, before the gate opens. The same key gets the same answer; another one only while
 * fewer keys than `uses` are spent.
 */
export function spendOffline(journal: Journal, spend: OfflineSpend, nowMs: number): Spent {
  const { grant, useKey, uses } = spend
  noteOfflineGrant(journal, spend)
  const keys = usesOf(journal, grant)
  if (keys.includes(useKey)) return { ok: true, already: true }
  if (keys.length >= uses) return { ok: false, used: keys.length, uses }
  journal.run('insert into spent (grant_id, use_key, at) values (?, ?, ?)', grant, useKey, nowMs)
  return { ok: true, already: false }
}

/** The keys that a grant has been spent for. */
export function usesOf(journal: Journal, grant: string): string[] {
  return journal.all('select use_key from spent where grant_id = ?', grant).map(row => textOf(row, 'use_key'))
}

/** So that its end can be reported, also when nobody ever used it here. */
export function noteOfflineGrant(journal: Journal, grant: Omit<OfflineSpend, 'useKey'>): void {
  journal.run(
    'insert into offline_grant (grant_id, uses, expires_at) values (?, ?, ?) on conflict do nothing',
    grant.grant,
    grant.uses,
    grant.expiresAtMs,
  )
}

export interface ShutGrant {
  grant: string
  used: number
  why: 'expired' | 'exhausted'
}

/** Offline grants that this point will not accept any more and has not said so of; marks them, in the caller's transaction. */
export function takeShut(journal: Journal, nowMs: number): ShutGrant[] {
  const rows = journal.all(
    `select grant_id, uses, expires_at, (select count(*) from spent s where s.grant_id = g.grant_id) as used
     from offline_grant g where shut_at is null order by grant_id`,
  )
  const shut = rows.flatMap((row): ShutGrant[] => {
    const used = numberOf(row, 'used')
    const grant = textOf(row, 'grant_id')
    // An expired one first: a use key that was spent keeps its answer until then.
    if (nowMs >= numberOf(row, 'expires_at')) return [{ grant, used, why: 'expired' }]
    return used >= numberOf(row, 'uses') ? [{ grant, used, why: 'exhausted' }] : []
  })
  for (const { grant } of shut) journal.run('update offline_grant set shut_at = ? where grant_id = ?', nowMs, grant)
  return shut
}
