import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatId, type IdKind } from '../ids.ts'
import { csvCell, evidenceColumns, evidenceCsv } from './csv.ts'
import { type EvidenceRow, evidenceRow } from './row.ts'
import { summarise } from './summarise.ts'

const id = (kind: IdKind, n = 1) => formatId(kind, new Uint8Array(16).fill(n))
const digest = `sha256:${'a'.repeat(64)}`
const at = '2026-11-23T03:00:00.000Z'
const ana = { id: id('person'), name: 'Ana Okoro' }
const kay = { id: id('person', 2), name: 'Kay' }

const review: NonNullable<EvidenceRow['review']> = {
  id: id('review'),
  state: 'signed',
  dueAt: at,
  signedAt: at,
  late: false,
  reviewers: [kay],
  decision: 'approved_with_actions',
  gateVerdict: 'fix_gate',
  securityImpact: 'none',
  unusable: 'flaky',
  result: 'recovered',
  rolledBack: false,
  followUps: [
    { id: id('followUp'), owner: ana, dueOn: '2026-12-01' },
    { id: id('followUp', 2), owner: kay, dueOn: '2026-12-02', doneAt: at },
  ],
}

const use: EvidenceRow = evidenceRow.parse({
  id: `${id('grant')}/1`,
  record: 'use',
  grant: id('grant'),
  request: id('request'),
  actor: ana,
  approvers: [kay],
  secondPerson: 'approved',
  authors: [],
  gate: 'payments/integration-tests',
  gateClass: 'quality',
  boundary: 'merge',
  repository: { id: { forge: 'git', host: 'git.acme.example', id: 'r_payments' }, name: 'acme/payments' },
  ref: 'refs/heads/main',
  change: { commit: `sha1:${'1'.repeat(40)}` },
  at: { id: id('point'), name: 'pre-receive', enforcement: 'enforced' },
  mode: 'online',
  program: digest,
  reasons: digest,
  roster: digest,
  requestedAt: at,
  grantedAt: at,
  usedAt: at,
  expiresAt: at,
  shutAt: at,
  shutConfirmedBy: 'pre-receive',
  use: 1,
  uses: 2,
  reportedLate: false,
  justification: { state: 'present', text: '=HYPERLINK("https://evil.example","down")' },
  incident: { id: id('incident'), severity: 'SEV1', verified: true },
  keeps: [{ gate: 'payments/smoke', stood: 'passed' }, { gate: 'payments/style' }],
  told: [kay],
  review,
  laterResult: 'unknown',
  statements: [
    { sid: id('statement'), kind: 'glass.granted', leaf: digest, index: 12 },
    { sid: id('statement', 2), kind: 'glass.used', leaf: digest },
  ],
})

describe('a row', () => {
  it('refuses members it does not know', () => {
    expect(evidenceRow.safeParse({ ...use, culprit: 'Ana' }).success).toBe(false)
  })
})

describe('CSV', () => {
  const cells = (row: EvidenceRow) =>
    Object.fromEntries(evidenceColumns.map((name, i) => [name, read(evidenceCsv([row]))[1]?.[i]]))

  it('has one row a record, a header, and CRLF at each end', () => {
    expect(evidenceCsv([use, use]).split('\r\n')).toHaveLength(4)
    expect(read(evidenceCsv([use]))[0]).toEqual(evidenceColumns)
    expect(new Set(evidenceColumns).size).toBe(evidenceColumns.length)
  })

  it('says who, what, when, why and where it is logged', () => {
    expect(cells(use)).toMatchObject({
      actor: ana.id,
      actor_name: 'Ana Okoro',
      approvers: `Kay (${kay.id})`,
      change: `sha1:${'1'.repeat(40)}`,
      gates_kept: 'payments/smoke (passed); payments/style',
      review_late: 'false',
      follow_ups: `${id('followUp')} by Ana Okoro until 2026-12-01; ${id('followUp', 2)} by Kay until 2026-12-02, done ${at}`,
      ledger_indexes: '12; not yet',
      later_result: 'unknown',
    })
  })

  it('leaves empty what is not known, and says what was erased', () => {
    const { review: _, incident: __, ...rest } = use
    expect(cells({ ...rest, justification: { state: 'erased' } })).toMatchObject({
      review: '',
      review_late: '',
      incident_verified: '',
      justification: '',
      justification_state: 'erased',
    })
  })

  it('runs nothing in a spreadsheet', () => {
    expect(cells(use).justification).toBe(`'=HYPERLINK("https://evil.example","down")`)
  })

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['="a"', `"'=""a"""`],
    ['', ''],
  ])('writes %j as %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell)
  })

  it('gives every text back, but for the apostrophe', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '=', '-', "'") }), text => {
        const [, cell] = read(`x,${csvCell(text)}\r\n`)[0]!
        expect(cell === text || cell === `'${text}`).toBe(true)
        expect(cell).not.toMatch(/^[=+\-@\t\r]/)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the counts', () => {
  it('count uses one by one, grants and reviews once', () => {
    const second = { ...use, id: `${id('grant')}/2`, use: 2 }
    const unused = {
      ...use,
      id: 'u',
      record: 'unused_grant' as const,
      grant: id('grant', 2),
      review: { ...review, id: id('review', 2), state: 'due' as const, late: true },
    }
    const { review: _, grant: __, ...bare } = use
    const rows: EvidenceRow[] = [
      use,
      second,
      unused,
      { ...bare, id: 'r', record: 'refused', refusalCode: 'no_incident' },
      {
        ...use,
        id: 'v',
        record: 'voided',
        grant: id('grant', 3),
        review: { ...review, id: id('review', 3), state: 'closed_by_system' },
      },
      { ...bare, id: 'f', record: 'finding', review: { ...review, id: id('review', 4), state: 'answered' } },
      { ...use, id: 'w', grant: id('grant', 5), review: { ...review, id: id('review', 5), state: 'awaiting_shut' } },
    ]
    expect(summarise(rows)).toEqual({
      uses: 3,
      grants: 3,
      unused: 1,
      refused: 1,
      voided: 1,
      findings: 1,
      reviewsDue: 3,
      reviewsSigned: 1,
      reviewsLate: 1,
    })
  })

  it('are all zero where there is nothing', () => {
    expect(Object.values(summarise([])).every(count => count === 0)).toBe(true)
  })
})

/** A reader of RFC 4180, independent of the writer. */
function read(csv: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < csv.length; i++) {
    const char = csv[i]!
    if (quoted && char === '"' && csv[i + 1] === '"') {
      cell += '"'
      i++
    } else if (char === '"') quoted = !quoted
    else if (quoted) cell += char
    else if (char === ',') {
      row.push(cell)
      cell = ''
    } else if (char === '\r' && csv[i + 1] === '\n') {
      rows.push([...row, cell])
      row = []
      cell = ''
      i++
    } else cell += char
  }
  return rows
}
