import type { Commit } from '@breakglass/verify'
import { type Journal, numberOf, type Row, textOf, textOrNothing } from '../point/journal.ts'

/* What a point on GitHub remembers (docs/formats/point-journal.md "On GitHub"): rows that are written before the forge is asked. */

export type Opens = 'closed' | 'pass' | 'grant' | 'waiver'

/** What our run of one gate said of one commit, since when. */
export interface Said {
  opens: Opens
  /** `sid` of what opened it. */
  evidence?: string
  grant?: string
}

/** Only what is different from before is a new row. `atMs` is the forge's clock where it told one. */
export function recordSaid(journal: Journal, at: { commit: Commit; gate: string; atMs: number }, said: Said): void {
  const sql = 'select opens, evidence, grant_id from said where commit_id = ? and gate = ? order by id desc limit 1'
  const row = journal.get(sql, at.commit, at.gate)
  const last = row && saidOf(row)
  if (last && last.opens === said.opens && last.evidence === said.evidence) return
  journal.run(
    'insert into said (commit_id, gate, opens, evidence, grant_id, at) values (?, ?, ?, ?, ?, ?)',
    at.commit,
    at.gate,
    said.opens,
    said.evidence ?? null,
    said.grant ?? null,
    at.atMs,
  )
}

/**
 * What it said at an instant of the forge, which has whole seconds: of what it said within that second, what was open counts,
 * because the forge let it through.
 */
export function saidAt(
  journal: Journal,
  { commit, gate, atMs }: { commit: Commit; gate: string; atMs: number },
): Said | undefined {
  const second = Math.floor(atMs / 1000) * 1000
  const sql = 'select opens, evidence, grant_id from said where commit_id = ? and gate = ?'
  const before = journal.get(`${sql} and at < ? order by id desc limit 1`, commit, gate, second)
  const within = journal.all(`${sql} and at >= ? and at < ? order by id`, commit, gate, second, second + 1000)
  const all = [...(before === undefined ? [] : [before]), ...within].map(saidOf)
  return all.findLast(({ opens }) => opens !== 'closed') ?? all.at(-1)
}

function saidOf(row: Row): Said {
  const [evidence, grant] = [textOrNothing(row, 'evidence'), textOrNothing(row, 'grant_id')]
  return {
    // The column's check allows no other.
    opens: textOf(row, 'opens') as Opens,
    ...(evidence !== undefined && { evidence }),
    ...(grant !== undefined && { grant }),
  }
}

export interface KnownPull {
  number: number
  ref: string
  head: Commit
}

export const knownPulls = (journal: Journal): KnownPull[] =>
  journal.all('select number, ref, head from pull order by number').map(pullOf)

const pullOf = (row: Row): KnownPull => ({
  number: numberOf(row, 'number'),
  ref: textOf(row, 'ref'),
  // Written from what GitHub answered, which was read as a commit.
  head: textOf(row, 'head') as Commit,
})

/** A head that was pushed over is remembered: pushing it back must not revive what was granted for it. */
export function rememberPulls(journal: Journal, open: readonly KnownPull[], nowMs: number): void {
  const known = new Map(knownPulls(journal).map(pull => [pull.number, pull]))
  for (const { number, ref, head } of open) {
    const before = known.get(number)
    if (before?.head === head && before.ref === ref) continue
    if (before && before.head !== head) {
      journal.run(
        'insert into left_head (number, head, at) values (?, ?, ?) on conflict do nothing',
        number,
        before.head,
        nowMs,
      )
    }
    journal.run(
      'insert into pull (number, ref, head, at) values (?, ?, ?, ?) on conflict (number) do update set ref = excluded.ref, head = excluded.head, at = excluded.at',
      number,
      ref,
      head,
      nowMs,
    )
  }
}

export const forgetPull = (journal: Journal, number: number): void =>
  void journal.run('delete from pull where number = ?', number)

export const leftHeads = (journal: Journal): { number: number; head: Commit; at: number }[] =>
  journal
    .all('select number, head, at from left_head')
    .map(row => ({ number: numberOf(row, 'number'), head: textOf(row, 'head') as Commit, at: numberOf(row, 'at') }))

/** A run that a grant turned green, until it was read back as red and the grant is told as shut. */
export interface Green {
  grant: string
  /** Where the run stands; the head of its pull request, or the commit of a group. */
  commit: Commit
  /** What the grant is for. */
  head: Commit
  gate: string
  ref: string
  number: number
  uses: number
  expiresAtMs: number
  isRed: boolean
}

/** Before the forge is asked: whatever happens after, what may be green is known. */
export function recordGreen(journal: Journal, green: Omit<Green, 'isRed'>): void {
  const { grant, commit, head, gate, ref, number, uses, expiresAtMs } = green
  journal.run(
    `insert into green (grant_id, commit_id, head_id, gate, ref, number, uses, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (grant_id, commit_id) do update set red_at = null, told_at = null`,
    grant,
    commit,
    head,
    gate,
    ref,
    number,
    uses,
    expiresAtMs,
  )
}

export const greens = (journal: Journal): Green[] =>
  journal.all('select * from green where told_at is null order by grant_id, commit_id').map(row => ({
    grant: textOf(row, 'grant_id'),
    commit: textOf(row, 'commit_id') as Commit,
    head: textOf(row, 'head_id') as Commit,
    gate: textOf(row, 'gate'),
    ref: textOf(row, 'ref'),
    number: numberOf(row, 'number'),
    uses: numberOf(row, 'uses'),
    expiresAtMs: numberOf(row, 'expires_at'),
    isRed: row['red_at'] !== null,
  }))

export const markRed = (journal: Journal, { grant, commit }: Pick<Green, 'grant' | 'commit'>, nowMs: number): void =>
  void journal.run('update green set red_at = ? where grant_id = ? and commit_id = ?', nowMs, grant, commit)

export const markTold = (journal: Journal, grant: string, nowMs: number): void =>
  void journal.run('update green set told_at = ? where grant_id = ?', nowMs, grant)
