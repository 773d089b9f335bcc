import { type Commit, isCommit } from '@breakglass/verify'
import { type Journal, numberOf, textOf } from './journal.ts'

/** Where every branch was when the watcher looked last; `undefined` before the first look. */
export function readTips(journal: Journal): Map<string, Commit> | undefined {
  const row = journal.get('select tips_since from memory')
  if (row?.['tips_since'] === null) return undefined
  const tips = new Map<string, Commit>()
  for (const tip of journal.all('select ref, oid from tip')) {
    const oid = textOf(tip, 'oid')
    if (isCommit(oid)) tips.set(textOf(tip, 'ref'), oid)
  }
  return tips
}

/** Writes what is different, in the caller's transaction or its own. */
export function writeTips(journal: Journal, tips: ReadonlyMap<string, Commit>, nowMs: number): void {
  const held = readTips(journal) ?? new Map<string, Commit>()
  for (const ref of held.keys()) if (!tips.has(ref)) journal.run('delete from tip where ref = ?', ref)
  for (const [ref, oid] of tips) {
    if (held.get(ref) === oid) continue
    journal.run('insert into tip (ref, oid) values (?, ?) on conflict (ref) do update set oid = excluded.oid', ref, oid)
  }
  journal.run('update memory set tips_since = ? where tips_since is null', nowMs)
}

/** The first look; later ones are the watcher's, so that nothing it has not seen is taken as seen. */
export function keepTips(journal: Journal, tips: ReadonlyMap<string, Commit>, nowMs: number): void {
  journal.inTransaction(() => {
    if (readTips(journal) === undefined) writeTips(journal, tips, nowMs)
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
