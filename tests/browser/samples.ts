import type { FindingView, GrantView, IncidentView, ReviewView } from '../../packages/core/src/contract/index.ts'

/** What a server at 03:04 on a Monday could say. Every id is of the right form, and every reply is checked against the contract. */
export const nowMs = Date.parse('2026-11-23T03:04:05.000Z')
export const instant = (seconds: number) => new Date(nowMs + seconds * 1000).toISOString()
const id = (prefix: string, letter: string) => `${prefix}_0${letter.repeat(25)}`

export const ana = { id: id('p', 'a'), name: 'Ana Ito' }
export const kofi = { id: id('p', 'k'), name: 'Kofi Mensah' }
export const mina = { id: id('p', 'm'), name: 'Mina Okoro' }
export const grantIds = { live: id('g', 'a'), waiting: id('g', 'b'), own: id('g', 'c'), stuck: id('g', 'd') }

const repository = { id: { forge: 'git', host: 'git.acme.example', id: '7' }, name: 'acme/payments' }
const at = { id: id('pt', 'a'), name: 'payments-main' }
const digest = `sha256:${'0'.repeat(64)}`

export function grant(changed: Partial<GrantView>): GrantView {
  return {
    id: grantIds.live,
    request: id('rq', 'a'),
    state: 'live',
    gate: 'payments/integration-tests',
    boundary: 'merge',
    repository,
    ref: 'refs/heads/main',
    change: { commit: `sha1:${'3f9c01'.repeat(6)}abcd` },
    at,
    mode: 'online',
    actor: kofi,
    approvers: [mina],
    secondPerson: 'approved',
    mayApprove: [],
    justification: 'Card payments fail for everyone; the fix reverts the retry loop. The test cluster is down.',
    incident: { id: id('in', 'a'), severity: 'SEV1', verified: true },
    requestedAt: instant(-420),
    grantedAt: instant(-300),
    expiresAt: instant(905),
    uses: 1,
    used: 0,
    shutOverdue: false,
    keeps: ['payments/smoke'],
    program: digest,
    review: { id: id('rv', 'a'), dueAt: instant(2 * 86_400), provisional: true },
    told: [mina],
    reasons: { rule: 'who', verdict: 'met', lookedAt: 'roster', wanted: 'a member', found: 'a member' },
    ...changed,
  }
}

export const waiting = (changed: Partial<GrantView> = {}): GrantView => {
  const { grantedAt: _granted, expiresAt: _expires, review: _review, ...asked } = grant({})
  return {
    ...asked,
    id: grantIds.waiting,
    state: 'waiting',
    gate: 'payments/change-review',
    approvers: [],
    secondPerson: 'awaited',
    waitsUntil: instant(125),
    mayApprove: [ana, mina],
    justification: '<img src=x onerror="document.title=1"> The reviewer on duty does not answer.',
    ...changed,
  }
}

const incident: IncidentView = {
  id: id('in', 'a'),
  title: 'Card payments fail',
  severity: 'SEV1',
  state: 'open',
  commander: mina,
  openedAt: instant(-1500),
  openedBy: kofi,
  causes: [],
}

const finding: FindingView = {
  id: id('fd', 'a'),
  kind: 'landed_without_hook',
  confidence: 'certain',
  repository,
  ref: 'refs/heads/main',
  new: `sha1:${'a71e55'.repeat(6)}0000`,
  gates: ['payments/integration-tests', 'payments/smoke'],
  whileOff: true,
  detectedAt: instant(-7200),
  state: 'open',
}

const review = (changed: Partial<ReviewView>): ReviewView => ({
  id: id('rv', 'b'),
  of: 'use',
  subject: id('g', 'e'),
  gate: 'payments/integration-tests',
  state: 'due',
  actor: kofi,
  openedAt: instant(-400_000),
  dueAt: instant(90_000),
  provisional: false,
  overdue: false,
  late: false,
  signOffsNeeded: 1,
  form: 'full',
  prefilled: {},
  signOffs: [],
  remarks: [],
  ...changed,
})

const { dueAt: _due, ...notDue } = review({})

export const reviews = [
  review({ id: id('rv', 'c'), overdue: true, dueAt: instant(-90_000) }),
  review({}),
  review({ id: id('rv', 'd'), state: 'answered', of: 'finding', subject: finding.id }),
  // Of the glass that is still open: listed by the server, and not due before it is shut.
  { ...notDue, id: id('rv', 'a'), state: 'awaiting_shut' as const, provisional: true },
]

export const busy = {
  now: instant(0),
  open: [grant({}), grant({ id: grantIds.stuck, gate: 'web/smoke', state: 'expired', shutOverdue: true })],
  waiting: [waiting(), waiting({ id: grantIds.own, gate: 'web/load-test', actor: ana, mayApprove: [mina] })],
  incidents: [incident],
  alarms: [
    {
      id: id('al', 'a'),
      kind: 'shut_overdue',
      since: instant(-330),
      words: 'web/smoke is not confirmed shut: look at payments-main.',
    },
  ],
  notices: [
    {
      id: id('nt', 'a'),
      at: instant(-420),
      words: 'A request for payments/change-review waits for you.',
      subject: grantIds.waiting,
    },
  ],
  drift: [
    {
      point: at,
      repository,
      what: 'hook_changed' as const,
      since: instant(-9000),
      owner: [mina],
      landingsWhileOff: 2,
    },
  ],
  findings: [finding],
  reviews: { due: 3, overdue: 1 },
  ledger: { reachable: true, origin: 'ledger.acme.example/breakglass', size: 1841, pending: 0, outOfBand: false },
  cannotSee: [
    'The ledger runs on this very machine: whoever rules the machine rules the record too.',
    'No forge is connected: approvals, merges and settings made on a forge’s own pages are not seen.',
  ],
  program: { version: 4, gates: ['payments/change-review', 'payments/integration-tests', 'payments/smoke'] },
}

export const calm = {
  ...busy,
  open: [],
  waiting: [],
  incidents: [],
  alarms: [],
  notices: [],
  drift: [],
  findings: [],
  reviews: { due: 0, overdue: 0 },
  ledger: { ...busy.ledger, outOfBand: true },
}
