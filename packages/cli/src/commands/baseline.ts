import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type BaselineReport,
  baselineOf,
  type BuiltIn,
  builtInMappings,
  detect,
  History,
  type Mapping,
} from '@breakglass/core/baseline'
import { BreakglassError } from '@breakglass/core/errors'
import { readLandings } from '../baseline/git-log.ts'
import { progressOf } from '../baseline/progress.ts'
import { findHistory } from '../baseline/repository.ts'
import { baselineLines } from '../baseline/view.ts'
import { type CommandContext, defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

const builtIns = Object.keys(builtInMappings) as BuiltIn[]
const mappingBytesMax = 65_536

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
      line: "gh api --paginate 'repos/acme/payments/rulesets/rule-suites?time_period=month' | breakglass baseline --rule-suites -",
      words: 'what GitHub says went around its rules',
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
        ? await historyReport(context, asked, options.mapping)
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

interface Asked {
  repository: string | undefined
  branch: string | undefined
  between: (seconds: number) => boolean
  zone: string
  thresholds: { low: number; high: number }
}

async function historyReport(
  context: CommandContext,
  { repository, branch, between, zone, thresholds }: Asked,
  mapping: string | undefined,
): Promise<BaselineReport> {
  const chosen = await mappingOf(context, mapping)
  const place = await findHistory(context, repository, branch)
  const history = new History(chosen === undefined ? Object.values(builtInMappings) : [chosen.mapping])
  const progress = progressOf(context, 'landings read')
  await readLandings(place, context.env, landing => {
    progress.count()
    if (between(landing.atSeconds)) history.add(landing)
  })
  progress.end()
  return baselineOf(history, {
    source: {
      kind: 'git',
      repository: place.name,
      ...(place.branch === undefined ? {} : { branch: place.branch }),
      head: place.head,
      shallow: place.shallow,
    },
    ...judgedBy(history, chosen),
    zone,
    thresholds,
    nowMs: context.now(),
  })
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

interface Chosen {
  mapping: Mapping
  how: 'named' | 'file'
}

async function mappingOf(context: CommandContext, given: string | undefined): Promise<Chosen | undefined> {
  if (given === undefined) return undefined
  const builtIn = builtIns.find(name => name === given)
  if (builtIn !== undefined) return { mapping: builtInMappings[builtIn], how: 'named' }
  const text = await readMapping(path.resolve(context.cwd, given), given)
  // Only here, because the schema library would cost every other reading a third of its time.
  const { parseMapping } = await import('@breakglass/core/baseline/schemas')
  const read = parseMapping(given, text)
  if (read.ok) return { mapping: read.mapping, how: 'file' }
  throw new BreakglassError('bad_input', `The mapping is not valid; nothing was read.\n${read.faults.join('\n')}`)
}

async function readMapping(file: string, given: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BreakglassError('not_found', {
      message: `Expected ${builtIns.join(', ')} or a mapping file; ${given} is none of them and cannot be read.`,
      cause,
    })
  })
  if (text.length <= mappingBytesMax) return text
  throw new BreakglassError('bad_input', `${given}: expected at most ${mappingBytesMax} bytes, found ${text.length}.`)
}

function judgedBy(
  history: History,
  chosen: Chosen | undefined,
): { mapping: BaselineReport['mapping']; which: number | undefined } {
  if (chosen !== undefined) {
    const { mapping, how } = chosen
    const reason = how === 'named' ? 'It was asked for.' : 'The file says so.'
    return { mapping: { name: mapping.name, how, reason }, which: 0 }
  }
  const found = detect(history.tally)
  if (found === undefined) {
    return {
      mapping: { name: 'none', how: 'detected', reason: 'no landing carries a footer or subject that is known.' },
      which: undefined,
    }
  }
  const { mapping, reason } = found
  return { mapping: { name: mapping, how: 'detected', reason }, which: builtIns.indexOf(mapping) }
}

/** Half-open, whole UTC days. What has no date is inside only when nothing bounds it. */
function periodOf(since: string | undefined, until: string | undefined): (seconds: number) => boolean {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : dayOf('since', since)
  const to = until === undefined ? Number.POSITIVE_INFINITY : dayOf('until', until)
  if (from >= to) throw usageError(`expected --since before --until, found ${since} and ${until}`)
  return seconds => seconds >= from && seconds < to
}

function dayOf(flag: string, text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms)) throw usageError(`--${flag}: expected a day such as 2026-01-31, found ${text}`)
  return ms / 1000
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined) return 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw usageError(`--zone: expected a zone of the tz database, such as Europe/Berlin; found ${zone}`)
  }
}

function shareOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (!(percent > 0 && percent < 100)) {
    throw usageError(`--${flag}: expected a percentage between 0 and 100, such as 2.5; found ${text}`)
  }
  return percent / 100
}
