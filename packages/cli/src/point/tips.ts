import { type Commit, isCommit } from '@breakglass/verify'
import { type Journal, numberOf, textOf } from './journal.ts'

/** Where every branch was when somebody looked last; version 0 is before the first look. */
export interface Tips {
  version: number
  at: ReadonlyMap<string, Commit>
}

export function readTips(journal: Journal): Tips {
  const version = numberOf(journal.get('select tips_version from memory'), 'tips_version')
  const at = new Map<string, Commit>()
  for (const tip of journal.all('select ref, oid from tip')) {
    const oid = textOf(tip, 'oid')
    if (isCommit(oid)) at.set(textOf(tip, 'ref'), oid)
  }
  return { version, at }
}

/** Writes what is different, in the caller's transaction. */
export function writeTips(journal: Journal, held: Tips, found: ReadonlyMap<string, Commit>): void {
  for (const ref of held.at.keys()) if (!found.has(ref)) journal.run('delete from tip where ref = ?', ref)
  for (const [ref, oid] of found) {
    if (held.at.get(ref) === oid) continue
    journal.run('insert into tip (ref, oid) values (?, ?) on conflict (ref) do update set oid = excluded.oid', ref, oid)
  }
  journal.run('update memory set tips_version = tips_version + 1')
}

/** The first look, at installation; later ones are the watcher's, so that nothing it has not judged is taken as seen. */
export function keepTips(journal: Journal, found: ReadonlyMap<string, Commit>): void {
  journal.inTransaction(() => {
    const held = readTips(journal)
    if (held.version === 0) writeTips(journal, held, found)
  })
}

/** Whether the hook let this very move through. */
export function isAllowed(journal: Journal, ref: string, old: Commit | undefined, tip: Commit): boolean {
  return (
    journal.get('select 1 as found from allowed where ref = ? and old = ? and new = ?', ref, old ?? '', tip) !==
    undefined
  )
}

const stepsMax = 10_000

/** Whether moves that the hook let through lead from one commit to the other: several pushes between two looks. */
export function isReachedByAllowed(journal: Journal, ref: string, old: Commit | undefined, tip: Commit): boolean {
  const seen = new Set<string>()
  let at = [old ?? '']
  for (let steps = 0; at.length > 0 && steps < stepsMax; steps++) {
    const next = at.flatMap(from => journal.all('select new from allowed where ref = ? and old = ?', ref, from))
    const reached = next.map(row => textOf(row, 'new')).filter(commit => !seen.has(commit))
    if (reached.includes(tip)) return true
    for (const commit of reached) seen.add(commit)
    at = reached
  }
  return false
}

const allowedDays = 90
const allowedMax = 200_000

/** Moves that were let through are kept for long enough that a watcher which was down finds them. */
export function forgetOldAllowed(journal: Journal, nowMs: number): number {
  const count = numberOf(journal.get('select count(*) as n from allowed'), 'n')
  if (count <= allowedMax) return 0
  return journal.run('delete from allowed where at < ?', nowMs - allowedDays * 86_400_000)
}
