import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type BaselineReport, baselineOf } from '@breakglass/core/baseline'
import { BreakglassError } from '@breakglass/core/errors'
import { periodOf, shareOf, zoneOf } from '../baseline/options.ts'
import { type AskedHistory, builtIns, readHistory } from '../baseline/read-history.ts'
import { baselineLines } from '../baseline/view.ts'
import { type CommandContext, defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

export const command = defineCommand({
  positionals: [
    {
      name: 'repository',
      summary: 'a clone, bare or not; absent: this directory. Of a record: owner/name',
      optional: true,
    },
  ],
  options: {
    branch: { type: 'text', value: 'BRANCH', summary: 'whose landings; absent: origin’s head, main or master' },
    mapping: {
      type: 'text',
      value: 'NAME|FILE',
      summary: `how the history tells of gates: ${builtIns.join(', ')}, or a file; absent: found out`,
    },
    'audit-log': {
      type: 'text',
      value: 'FILE',
      summary: 'read an audit log of GitHub instead, JSON; - for standard input',
    },
    'rule-suites': { type: 'text', value: 'FILE', summary: 'read a listing of rule suites instead, the same way' },
    html: { type: 'text', value: 'FILE', summary: 'write one self-contained page with charts as well' },
    since: { type: 'text', value: 'DATE', summary: 'landings from this day on, 2026-01-31, UTC' },
    until: { type: 'text', value: 'DATE', summary: 'landings before this day' },
    zone: { type: 'text', value: 'ZONE', summary: 'of days and weekdays, such as Europe/Berlin; absent: UTC' },
    low: { type: 'text', value: 'PERCENT', summary: 'the rate under which a gate is left alone; absent: 1' },
    high: { type: 'text', value: 'PERCENT', summary: 'the rate over which it is to be fixed; absent: 5' },
  },
  notes: [
    'Reads the first-parent landings of the main branch by committer time. Needs git and no server; nothing leaves this machine.',
    'People appear as person-1, person-2, … in the order in which they first landed. Nobody is named.',
    'What each number is: docs/formats/baseline.md. What each label means: docs/metrics.md.',
  ],
  examples: [
    { line: 'breakglass baseline', words: 'the numbers of this clone' },
    {
      line: 'breakglass baseline ../payments --branch release --zone Europe/Berlin',
      words: 'another clone and branch',
    },
    { line: 'breakglass baseline --html baseline.html', words: 'a page with charts, to send around or print' },
    { line: 'breakglass baseline --mapping gates.yaml --json', words: 'with marks of your own, for a script' },
    {
      line: 'breakglass baseline --rule-suites suites.json',
      words: 'what GitHub says went around its rules, as its API lists rule suites',
    },
  ],
  exits: [2, 4, 6],
  async run(context, { positionals: [given], options }) {
    const between = periodOf(options.since, options.until)
    const zone = zoneOf(options.zone)
    const thresholds = { low: shareOf('low', options.low, 0.01), high: shareOf('high', options.high, 0.05) }
    if (thresholds.low >= thresholds.high) throw usageError('expected --low to be less than --high')
    const asked = { repository: given, branch: options.branch, between, zone, thresholds }
    const record = recordOf(options)
    const report =
      record === undefined
        ? await historyReport(context, { ...asked, mapping: options.mapping })
        : await (await import('../baseline/records.ts')).recordReport(context, { ...record, ...asked })
    if (context.out.json) context.out.document(report)
    context.out.lines(...baselineLines(report, context.out.width))
    if (options.html !== undefined) await writePage(context, options.html, report)
    return 0
  },
})

async function writePage(context: CommandContext, given: string, report: BaselineReport): Promise<void> {
  const { baselinePage } = await import('@breakglass/report/pages')
  const file = path.resolve(context.cwd, given)
  await writeFile(file, baselinePage(report)).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : 'unknown'
    throw new BreakglassError('bad_input', { message: `The page could not be written to ${file}: ${said}`, cause })
  })
  context.out.note(`the page is in ${file}; open it in a browser, or print it`)
}

async function historyReport(
  context: CommandContext,
  { zone, thresholds, ...asked }: AskedHistory & { zone: string; thresholds: { low: number; high: number } },
): Promise<BaselineReport> {
  const { history, ...read } = await readHistory(context, asked)
  return baselineOf(history, { ...read, zone, thresholds, nowMs: context.now() })
}

/** Which record of a forge is read in place of a history. */
function recordOf(options: {
  'audit-log': string | undefined
  'rule-suites': string | undefined
  mapping: string | undefined
}): { kind: 'audit-log' | 'rule-suites'; file: string } | undefined {
  const { 'audit-log': log, 'rule-suites': suites, mapping } = options
  if (log === undefined && suites === undefined) return undefined
  if (log !== undefined && suites !== undefined)
    throw usageError('--audit-log and --rule-suites are two records', 'keep one')
  if (mapping !== undefined) throw usageError('--mapping is of a history; a record says itself what went around what')
  return log === undefined ? { kind: 'rule-suites', file: suites ?? '' } : { kind: 'audit-log', file: log }
}
