import type { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { Commit } from '@breakglass/verify'
import { z } from 'zod'
import type { RunResult } from './events.ts'
import { rememberReceipt } from './evidence.ts'
import { numberOf, textOf } from './journal.ts'
import { plain } from './plain.ts'
import type { Point } from './point.ts'
import { appendEvents } from './spool.ts'

export type ReportedResult = z.input<NonNullable<(typeof contract)['reportResult']['body']>>
export type ReportReply = z.output<(typeof contract)['reportResult']['reply']>
/** Reports one result under a reporter's credential; throws `BreakglassError`. */
export type Reporter = (body: ReportedResult) => Promise<ReportReply>

/** Results that wait for the server; one more is refused, and then the run does not count as reported. */
export const waitingResultsMax = 10_000

const kept = z.strictObject({
  gate: z.string(),
  repository: z.string(),
  commit: z.string(),
  result: z.enum(['pass', 'fail', 'could_not_run']),
  run: z.string(),
  tookMs: z.int().optional(),
})

/** One run: told as the point's own event, and kept for the reporter if there is one. Both or neither. */
export function recordResult(
  point: Point,
  run: ReportedResult & { commit: string; result: RunResult; tookMs: number },
  { isReported }: { isReported: boolean },
): void {
  const { journal, spooler } = point
  const { gate, commit, result, run: id, tookMs } = run
  journal.inTransaction(() => {
    // What the contract takes as a commit is one.
    const change = { commit: commit as Commit }
    const told = { kind: 'point.result', body: { change, gate, result, run: id, tookMs } } as const
    appendEvents(journal, spooler, [told], point.now())
    if (!isReported) return
    if (numberOf(journal.get('select count(*) as n from result'), 'n') >= waitingResultsMax) {
      throw new BreakglassError(
        'too_many',
        `${waitingResultsMax} results wait for the server already; none is dropped.`,
      )
    }
    journal.run('insert into result (body) values (?)', JSON.stringify(kept.parse(run)))
  })
}

export interface Reported {
  receipts: string[]
  waiting: number
  because?: string
}

/**
 * Reports what waits for one gate, oldest first, each until the server has answered. A credential is scoped to one gate, so
 * those of other gates wait for their own jobs.
 */
export async function reportWaiting(point: Point, gate: string, report: Reporter): Promise<Reported> {
  const receipts: string[] = []
  const waiting = point.journal.all('select id, body from result order by id').flatMap(row => {
    const body = kept.parse(JSON.parse(textOf(row, 'body')))
    return body.gate === gate ? [{ id: numberOf(row, 'id'), body }] : []
  })
  for (const [index, { id, body }] of waiting.entries()) {
    try {
      const { receipt } = await report(body)
      point.journal.run('delete from result where id = ?', id)
      rememberReceipt(point, receipt)
      receipts.push(receipt)
    } catch (cause) {
      if (!(cause instanceof BreakglassError)) throw cause
      return { receipts, waiting: waiting.length - index, because: plain(cause.message) }
    }
  }
  return { receipts, waiting: 0 }
}
