import { type ForumInput, type ForumReport, forumInput, forumReport, judgeDecision } from '@breakglass/core/forum'
import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import type { ProgramInForce } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'
import { cannotSee } from '../system/cannot-see.ts'
import { lastForum } from './forum-view.ts'
import { disclosuresIn } from './gather-disclosures.ts'
import { gateReport } from './gather-gates.ts'
import { dayOf, driftOf, findingsOf, followUpsOf, reviewsOf, type Span } from './gather-records.ts'
import { changedGates, repairsOf, waiversOf } from './gather-registers.ts'

export interface Gathering {
  program: ProgramInForce
  span: Span
  ledger: { reachable: boolean; outOfBand: boolean }
}

/** The report of a period, from what this server knows now. Reads only. */
export async function reportOf(rx: Rx, edge: Edge, gathering: Gathering): Promise<ForumReport> {
  return forumReport(await gather(rx, edge, gathering))
}

/** What was not measured is handed on as not measured; nothing becomes a zero here. */
async function gather(rx: Rx, edge: Edge, { program, span, ledger }: Gathering): Promise<ForumInput> {
  const { organization } = program.published.program
  const { gates, coverage, words } = await gateReport(rx, span)
  const { repairs, begunSince } = await repairsOf(rx, program, span)
  const unseen = await cannotSee(rx, { program, ledger, policyText: edge.log.policyText, nowMs: span.nowMs })
  return forumInput.parse({
    organization,
    period: { from: msToInstant(span.fromMs), to: msToInstant(span.toMs) },
    at: msToInstant(span.nowMs),
    ...(await lastDecisions(rx, { span, gates, begunSince })),
    gates,
    repairs,
    waivers: await waiversOf(rx, span),
    reviews: await reviewsOf(rx, span),
    followUps: await followUpsOf(rx, span),
    disclosures: await disclosuresIn(rx, span),
    findings: await findingsOf(rx, span),
    drift: await driftOf(rx, span),
    drills: { measured: false, why: 'drills are not recorded by this version' },
    coverage,
    cannotSee: [...new Set([...unseen, ...words])],
  })
}

interface Known {
  span: Span
  gates: ForumInput['gates']
  begunSince: Awaited<ReturnType<typeof repairsOf>>['begunSince']
}

async function lastDecisions(rx: Rx, { span, gates, begunSince }: Known): Promise<Pick<ForumInput, 'last'>> {
  const last = await lastForum(rx, span.nowMs)
  if (last === undefined) return {}
  const changed = await changedGates(rx, Date.parse(last.heldAt))
  const labelOf = (gate: string) => (gates.measured ? gates.value.find(each => each.gate === gate)?.label : undefined)
  const decisions = last.decisions.map(({ gate, question, decision, owner, due }) => {
    const label = labelOf(gate)
    const judged = judgeDecision({
      due,
      today: dayOf(span.nowMs),
      ...(label === undefined ? {} : { label }),
      repairs: begunSince(gate, Date.parse(last.heldAt)),
      programChanged: changed.has(gate),
    })
    return { gate, question: question ?? erased, decision: decision ?? erased, owner: owner.name, due, ...judged }
  })
  return { last: { id: last.id, at: last.heldAt, decisions, undecided: last.undecided } }
}

const erased = '(erased)'
