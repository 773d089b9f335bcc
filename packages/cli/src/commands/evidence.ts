import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { contract } from '@breakglass/core/contract'
import { evidenceCsv, type EvidenceRow } from '@breakglass/core/evidence'
import { type Column, facts, shortInstant } from '@breakglass/report'
import type { z } from 'zod'
import { connect } from '../client/connect.ts'
import { parseInstant, parsePeriod, type Period } from '../evidence/period.ts'
import { type CommandContext, defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { printTable } from '../views/print-table.ts'

type Evidence = z.output<(typeof contract.queryEvidence)['reply']>

/** A year of proofs takes the server a while. */
const timeoutMs = 120_000

export const command = defineCommand({
  positionals: [],
  options: {
    from: { type: 'text', value: 'DAY', summary: 'from the start of this day, UTC' },
    to: { type: 'text', value: 'DAY', summary: 'up to the start of this day, UTC; absent: now' },
    period: { type: 'text', value: '2026-Q4', summary: 'a quarter, a month or a year instead' },
    gate: { type: 'text', value: 'GATE', summary: 'only this gate' },
    csv: { type: 'flag', summary: 'rows for a spreadsheet' },
    'with-proofs': { type: 'flag', summary: 'every statement with its proof, for breakglass verify' },
    out: { type: 'text', value: 'FILE', summary: 'write it there, readable by you alone' },
  },
  notes: [
    'Every use in the period, then grants nobody used, refusals, void grants and findings: the population first, so that a sample can be drawn from it. Reading it is itself logged.',
  ],
  examples: [
    { line: 'breakglass evidence --period 2026-Q4', words: 'the quarter, at a glance' },
    {
      line: 'breakglass evidence --from 2026-10-01 --to 2026-11-01 --gate payments/smoke --csv --out smoke.csv',
      words: 'one gate, for a spreadsheet',
    },
    {
      line: 'breakglass evidence --period 2026-Q4 --json --with-proofs --out q4.json && breakglass verify q4.json --trust trust.json',
      words: 'a file that an auditor checks without us',
    },
  ],
  exits: [3, 6],
  async run(context, { options }) {
    if (options.csv && context.out.json) throw usageError('--csv and --json are two forms; one is printed.')
    if (options.csv && options['with-proofs'])
      throw usageError('Proofs do not fit into CSV.', 'use --json --with-proofs')
    const period = periodOf(context, options)
    const { client } = await connect(context, { timeoutMs })
    const query = {
      ...period,
      ...(options.gate === undefined ? {} : { gate: options.gate }),
      ...(options['with-proofs'] ? { proofs: 'true' as const } : {}),
    }
    const evidence = await client.call(contract.queryEvidence, { query })
    if (options.out !== undefined) await writeOut(context, options.out, options.csv, evidence)
    else if (options.csv) context.out.raw(evidenceCsv(evidence.rows))
    else if (context.out.json) context.out.document(evidence)
    else show(context, evidence)
    return 0
  },
})

function periodOf(
  context: CommandContext,
  given: { from?: string | undefined; to?: string | undefined; period?: string | undefined },
): Period {
  const { from, to, period } = given
  if (period !== undefined) {
    if (from !== undefined || to !== undefined) throw usageError('--period and --from/--to say two things.', 'keep one')
    return parsePeriod(period)
  }
  if (from === undefined)
    throw usageError('Which period?', 'add --period 2026-Q4, or --from 2026-10-01 --to 2027-01-01')
  const span = {
    from: parseInstant(from, 'from'),
    to: to === undefined ? new Date(context.now()).toISOString() : parseInstant(to, 'to'),
  }
  if (span.from >= span.to) throw usageError(`The period ends (${span.to}) before it begins (${span.from}).`)
  return span
}

/** A file holds CSV, or else JSON: lines for people are not evidence. */
async function writeOut(context: CommandContext, out: string, isCsv: boolean, evidence: Evidence): Promise<void> {
  const file = path.resolve(context.cwd, out)
  const text = isCsv ? evidenceCsv(evidence.rows) : `${JSON.stringify(evidence, undefined, 2)}\n`
  await writeFile(file, text, { mode: 0o600 })
  if (context.out.json) context.out.document({ file, counts: evidence.counts, ledger: evidence.ledger })
  context.out.lines(...summaryLines(evidence), `Written to ${file}.`)
}

function show(context: CommandContext, evidence: Evidence): void {
  context.out.lines(...summaryLines(evidence), '')
  printTable(context, columns, evidence.rows, 'No row in this period.')
}

function summaryLines({ from, to, counts, ledger, gate }: Evidence): string[] {
  return facts([
    ['period', `${shortInstant(from)} to ${shortInstant(to)}`],
    ['gate', gate],
    [
      'uses',
      `${counts.uses} of ${counts.grants} grants; ${counts.unused} unused, ${counts.refused} refused, ${counts.voided} void`,
    ],
    ['findings', String(counts.findings)],
    ['reviews', `${counts.reviewsSigned} signed of ${counts.reviewsDue} due, ${counts.reviewsLate} late`],
    ['ledger', `${ledger.origin}, ${ledger.size} entries`],
  ])
}

const columns: Column<EvidenceRow>[] = [
  { title: 'when', of: row => whenOf(row) },
  { title: 'what', of: row => row.record.replace('_', ' ') },
  { title: 'gate', of: row => row.gate, flexible: true },
  { title: 'repository', of: row => row.repository.name, flexible: true },
  { title: 'who', of: row => row.actor?.name, flexible: true },
  { title: 'incident', of: row => row.incident?.severity },
  {
    title: 'review',
    of: row => row.review && `${row.review.state.replaceAll('_', ' ')}${row.review.late ? ', LATE' : ''}`,
  },
  { title: 'ledger', of: row => row.statements.map(({ index }) => index ?? '?').join(' '), flexible: true },
]

function whenOf({ usedAt, grantedAt, detectedAt, requestedAt }: EvidenceRow): string | undefined {
  const at = usedAt ?? detectedAt ?? grantedAt ?? requestedAt
  return at === undefined ? undefined : shortInstant(at)
}
