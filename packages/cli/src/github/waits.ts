import { msToInstant } from '@breakglass/verify'
import { numberOf, textOf } from '../point/journal.ts'
import type { Point } from '../point/point.ts'
import { appendEvents } from '../point/spool.ts'
import type { PullSeen } from './look.ts'
import type { Wanted } from './wanted.ts'

/**
 * Tells how long changes wait for reviews: since when, once it is asked for, and until when, once it was given. A draft asks for nothing;
 * of one that was a draft when it was seen first, the wait begins when it was seen not to be one.
 */
export function reportWaits(point: Point, wanted: readonly Wanted[]): void {
  for (const { pull, gate, result } of wanted) {
    if (pull.on === 'queue_group' || gate.passes.kind !== 'reviews' || pull.pull.draft === true) continue
    const given = result.is === 'passed' ? lastApproval(pull) : undefined
    tellWait(point, {
      number: pull.number,
      gate: gate.name,
      askedMs: pull.pull.created_at ?? point.now(),
      givenMs: given,
    })
  }
}

interface Wait {
  number: number
  gate: string
  askedMs: number
  givenMs: number | undefined
}

function tellWait({ journal, spooler, now }: Point, { number, gate, askedMs, givenMs }: Wait): void {
  journal.inTransaction(() => {
    const known = journal.get('select asked_at, given_at from waited where number = ? and gate = ?', number, gate)
    const asked = known === undefined ? askedMs : numberOf(known, 'asked_at')
    const isGiven = known !== undefined && known['given_at'] !== null
    // Given once: what is taken back and given again later is no second wait.
    if (known !== undefined && (isGiven || givenMs === undefined)) return
    const givenAt = givenMs === undefined ? undefined : Math.max(asked, givenMs)
    journal.run(
      'insert into waited (number, gate, asked_at, given_at) values (?, ?, ?, ?) on conflict (number, gate) do update set given_at = excluded.given_at',
      number,
      gate,
      asked,
      givenAt ?? null,
    )
    const body = {
      gate,
      number,
      askedAt: msToInstant(asked),
      ...(givenAt !== undefined && { givenAt: msToInstant(givenAt) }),
    }
    appendEvents(journal, spooler, [{ kind: 'point.wait', body }], now())
  })
}

/** Of the approvals of this head, the one that came last: before it there were too few. */
function lastApproval({ reviews, sha }: PullSeen): number | undefined {
  const approvals = reviews.filter(({ state, commit_id }) => state.toUpperCase() === 'APPROVED' && commit_id === sha)
  const times = approvals.flatMap(({ submitted_at }) => submitted_at ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** Pull requests that are open no more and never got their reviews wait no longer. */
export function endWaits({ journal, spooler, now }: Point, open: ReadonlySet<number>): void {
  const waiting = journal.all('select number, gate, asked_at from waited where given_at is null')
  for (const row of waiting.filter(each => !open.has(numberOf(each, 'number')))) {
    const [number, gate] = [numberOf(row, 'number'), textOf(row, 'gate')]
    journal.inTransaction(() => {
      journal.run('delete from waited where number = ? and gate = ?', number, gate)
      const body = { gate, number, askedAt: msToInstant(numberOf(row, 'asked_at')), ended: true } as const
      appendEvents(journal, spooler, [{ kind: 'point.wait', body }], now())
    })
  }
}
