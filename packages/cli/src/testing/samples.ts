import type {
  GrantView,
  IncidentView,
  PersonView,
  PointView,
  ProgramVersionView,
  ReviewView,
} from '@breakglass/core/contract'

/** Small real values of the contract's shapes; tests change what they are about. */
export const id = (prefix: string, last = '0') => `${prefix}_${'0'.repeat(25)}${last}`
export const digest = (digit: string) => `sha256:${digit.repeat(64)}`
export const commit = `sha1:${'4f2a91c05e'.repeat(4)}` as const

export const ana = { id: id('p', 'a'), name: 'Ana Lima' }
export const kofi = { id: id('p', 'k'), name: 'Kofi Mensah' }
const repository = { id: { forge: 'git', host: 'git.acme.example', id: 'r_1' }, name: 'acme/payments' }

export function grant(patch: Partial<GrantView> = {}): GrantView {
  return {
    id: id('g'),
    request: id('rq'),
    state: 'live',
    gate: 'payments/integration-tests',
    boundary: 'merge',
    repository,
    ref: 'refs/heads/main',
    change: { commit },
    at: { id: id('pt'), name: 'git.acme.example' },
    mode: 'online',
    actor: ana,
    approvers: [],
    secondPerson: 'not_needed',
    mayApprove: [],
    justification: 'Checkout is down',
    requestedAt: '2026-11-23T11:59:59.000Z',
    grantedAt: '2026-11-23T12:00:00.000Z',
    expiresAt: '2026-11-23T12:30:00.000Z',
    uses: 1,
    used: 0,
    shutOverdue: false,
    keeps: ['payments/smoke'],
    program: digest('a'),
    ledger: { index: 41, leaf: digest('b') },
    review: { id: id('rv'), dueAt: '2026-11-25T16:00:00.000Z', provisional: true },
    told: [kofi],
    reasons: { rule: 'all', verdict: 'met', lookedAt: 'the program', wanted: 'every rule', found: 'every rule met' },
    ...patch,
  }
}

/** What is there only once the grant is granted. */
export function ungranted(patch: Partial<GrantView>): GrantView {
  const { grantedAt: _granted, expiresAt: _expires, ledger: _ledger, review: _review, ...rest } = grant()
  return { ...rest, told: [], ...patch }
}

export const refused = (): GrantView =>
  ungranted({
    state: 'refused',
    refusal: { code: 'no_incident', remedy: 'Open an incident of SEV2 or graver.' },
    reasons: {
      rule: 'all',
      verdict: 'not_met',
      lookedAt: 'the program',
      wanted: 'every rule',
      found: 'one rule not met',
      children: [
        { rule: 'who', verdict: 'met', lookedAt: 'the roster', wanted: 'a named group', found: 'payments-oncall' },
        {
          rule: 'incident',
          verdict: 'not_met',
          lookedAt: 'the request',
          wanted: 'an incident of SEV2 or graver',
          found: 'no incident was named',
          remedy: 'breakglass incident open "…" --severity SEV2',
        },
      ],
    },
  })

export const standings = [
  { gate: 'payments/integration-tests', class: 'quality', breakable: true, standing: 'blocked', result: 'fail' },
  { gate: 'payments/smoke', class: 'control', breakable: false, standing: 'blocked', result: 'none' },
  { gate: 'payments/lint', class: 'advisory', breakable: true, standing: 'open_by_pass', result: 'pass' },
] as const

export const blocked = () => ({ repository, ref: 'refs/heads/main', commit, gates: [...standings] })

export function person(patch: Partial<PersonView> = {}): PersonView {
  return {
    ...ana,
    accounts: [{ issuer: 'local', subject: 'ana@acme.dev' }],
    roles: [],
    kind: 'human',
    state: 'active',
    since: '2026-10-01T08:00:00.000Z',
    ...patch,
  }
}

export function incident(patch: Partial<IncidentView> = {}): IncidentView {
  return {
    id: id('in'),
    title: 'Checkout is down',
    severity: 'SEV1',
    state: 'open',
    commander: ana,
    openedAt: '2026-11-23T11:50:00.000Z',
    openedBy: ana,
    causes: [],
    ...patch,
  }
}

export function review(patch: Partial<ReviewView> = {}): ReviewView {
  return {
    id: id('rv'),
    of: 'use',
    subject: id('g'),
    gate: 'payments/integration-tests',
    state: 'due',
    actor: ana,
    openedAt: '2026-11-23T12:00:00.000Z',
    dueAt: '2026-11-25T16:00:00.000Z',
    provisional: false,
    overdue: false,
    late: false,
    signOffsNeeded: 1,
    form: 'full',
    prefilled: { commit },
    signOffs: [],
    remarks: [],
    ...patch,
  }
}

export function point(patch: Partial<PointView> = {}): PointView {
  return {
    id: id('pt'),
    name: 'git.acme.example',
    kind: 'git_hook',
    enforcement: 'enforced',
    repository,
    registeredAt: '2026-10-01T08:00:00.000Z',
    ...patch,
  }
}

export function programVersion(patch: Partial<ProgramVersionView> = {}): ProgramVersionView {
  return {
    program: id('pg'),
    version: 3,
    digest: digest('a'),
    state: 'in_force',
    class: 'narrowing',
    publisher: ana,
    approvers: [],
    approvalsNeeded: 0,
    proposedAt: '2026-11-20T12:00:00.000Z',
    earliestAt: '2026-11-20T12:00:00.000Z',
    effectiveAt: '2026-11-20T12:00:00.000Z',
    changes: [],
    ...patch,
  }
}
