import type { StatementKind } from '../statement/kinds.ts'

/**
 * The life of a review, as one table: who moves it, under which guard, which statement says so. It is made with the grant,
 * the finding or the window; there is no edge that deletes or skips one.
 *
 *     awaiting_shut → due → answered → signed        closed_by_system: only where a grant never worked
 *
 * Being overdue is no state but a fact of time, and `late` stays for ever.
 */
export const reviewStates = ['awaiting_shut', 'due', 'answered', 'signed', 'closed_by_system'] as const
export type ReviewState = (typeof reviewStates)[number]

export const reviewFinalStates = ['signed', 'closed_by_system'] as const satisfies readonly ReviewState[]

export interface ReviewEdge {
  name: string
  from: ReviewState | 'nothing'
  to: ReviewState
  by: 'system' | 'actor' | 'reviewer' | 'timer'
  guard: string
  kind: StatementKind
}

export const reviewEdges = [
  {
    name: 'open with grant',
    from: 'nothing',
    to: 'awaiting_shut',
    by: 'system',
    guard: 'in the transaction that grants',
    kind: 'review.opened',
  },
  {
    name: 'open',
    from: 'nothing',
    to: 'due',
    by: 'system',
    guard: 'in the transaction that records the finding or the window',
    kind: 'review.opened',
  },
  { name: 'fall due', from: 'awaiting_shut', to: 'due', by: 'system', guard: 'the grant is shut', kind: 'glass.shut' },
  {
    name: 'close',
    from: 'awaiting_shut',
    to: 'closed_by_system',
    by: 'system',
    guard: 'the grant is void',
    kind: 'review.closed_by_system',
  },
  {
    name: 'answer',
    from: 'due',
    to: 'answered',
    by: 'actor',
    guard: 'is the actor; nothing that the form asks is missing',
    kind: 'review.answered',
  },
  {
    name: 'correct',
    from: 'answered',
    to: 'answered',
    by: 'actor',
    guard: 'is the actor; the earlier answer stays',
    kind: 'review.answered',
  },
  {
    name: 'sign first',
    from: 'answered',
    to: 'answered',
    by: 'reviewer',
    guard: 'may sign; one more is needed',
    kind: 'review.signed',
  },
  {
    name: 'sign',
    from: 'answered',
    to: 'signed',
    by: 'reviewer',
    guard: 'may sign; no more is needed',
    kind: 'review.signed',
  },
  {
    name: 'sign first without the actor',
    from: 'due',
    to: 'due',
    by: 'reviewer',
    guard: 'may sign; the actor cannot be asked; one more is needed',
    kind: 'review.signed',
  },
  {
    name: 'sign without the actor',
    from: 'due',
    to: 'signed',
    by: 'reviewer',
    guard: 'may sign; the actor cannot be asked; no more is needed',
    kind: 'review.signed',
  },
  {
    name: 'pass due unanswered',
    from: 'due',
    to: 'due',
    by: 'timer',
    guard: 'the due time has come; once',
    kind: 'review.overdue',
  },
  {
    name: 'pass due unsigned',
    from: 'answered',
    to: 'answered',
    by: 'timer',
    guard: 'the due time has come; once',
    kind: 'review.overdue',
  },
] as const satisfies readonly ReviewEdge[]

/** What may be done with a review in its state, from the table; who may do it, `mayAnswer` and `maySign` say. */
export const reviewCan = { answer: claim('review.answered'), sign: claim('review.signed') } as const

function claim(kind: ReviewEdge['kind']) {
  const states = [...new Set<string>(reviewEdges.filter(edge => edge.kind === kind).map(edge => edge.from))]
  return Object.assign((review: { state: ReviewState }) => states.includes(review.state), { states })
}
