import { type BaselineDay, daysOf } from '@breakglass/core/baseline'
import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { periodOf, zoneOf } from '../baseline/options.ts'
import { builtIns, readHistory } from '../baseline/read-history.ts'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

/** As many as a server takes at once. */
const daysMax = 5000

export const command = defineCommand({
  positionals: [{ name: 'repository', summary: 'a clone, as for baseline; absent: this directory', optional: true }],
  options: {
    gate: {
      type: 'list',
      value: 'MARK=GATE',
      summary: 'which gate of the program a gate of the history is: tryjobs=payments/tests; several: again',
    },
    branch: { type: 'text', value: 'BRANCH', summary: 'whose landings' },
    mapping: {
      type: 'text',
      value: 'NAME|FILE',
      summary: `how the history tells of gates: ${builtIns.join(', ')}, or a file`,
    },
    since: { type: 'text', value: 'DATE', summary: 'landings from this day on, 2026-01-31, UTC' },
    until: { type: 'text', value: 'DATE', summary: 'landings before this day' },
    zone: { type: 'text', value: 'ZONE', summary: 'of days, such as Europe/Berlin; absent: UTC' },
    'dry-run': { type: 'flag', summary: 'say what would be sent, and send nothing' },
  },
  notes: [
    'Brings day counts of the years before into a server, beside each gate, marked as derived: no rate and no label is made of them. A program owner does it.',
    'The same history again changes nothing. Nobody’s name is sent, and no landing.',
  ],
  examples: [
    {
      line: 'breakglass import ../payments --gate tryjobs=payments/tests --dry-run',
      words: 'see what would be sent',
    },
    { line: 'breakglass import ../payments --gate tryjobs=payments/tests --as mina', words: 'send it' },
  ],
  exits: [2, 3, 4, 6],
  async run(context, { positionals: [repository], options }) {
    const names = namesOf(options.gate)
    const between = periodOf(options.since, options.until)
    const zone = zoneOf(options.zone)
    const { branch, mapping: given } = options
    const { history, source, mapping, which } = await readHistory(context, {
      repository,
      branch,
      mapping: given,
      between,
    })
    if (which === undefined) {
      throw new BreakglassError(
        'bad_input',
        'Nothing in this history tells of a gate, so there is nothing to bring in: --mapping.',
      )
    }
    const all = daysOf(history, { which, zone, nowMs: context.now() })
    const known = new Set(all.map(({ gate }) => gate))
    const strange = [...names.keys()].find(mark => !known.has(mark))
    if (strange !== undefined) {
      throw usageError(`--gate: this history has ${[...known].join(', ') || 'no gate'}, and no ${strange}`)
    }
    const days = all.flatMap(day => {
      const gate = names.get(day.gate)
      return gate === undefined ? [] : [{ ...day, gate }]
    })
    const batches = batchesOf(days)
    const derivedFrom = `${source.repository ?? 'a history'} ${source.branch ?? ''} ${source.head ?? ''}, gates as ${mapping.name} has them, days in ${zone}`
    const sent: { name: string; days: number; digest?: string; already?: boolean }[] = []
    const client = options['dry-run'] ? undefined : (await connect(context)).client
    for (const batch of batches) {
      const body = { name: batch.name, derivedFrom, days: batch.days }
      const reply = client && (await client.call(contract.importDays, { body }))
      sent.push({
        name: batch.name,
        days: batch.days.length,
        ...(reply && { digest: reply.digest, already: reply.already }),
      })
    }
    if (context.out.json) context.out.document({ derivedFrom, batches: sent })
    context.out.lines(
      ...sent.map(
        ({ name, days: n, already }) =>
          `${name}: ${n} days${already === undefined ? ', not sent' : already ? ', there already' : ''}`,
      ),
    )
    return 0
  },
})

/** By the history's gate, the program's. */
function namesOf(given: readonly string[]): Map<string, string> {
  if (given.length === 0) throw usageError('--gate is missing.', 'add --gate MARK=GATE for each gate to bring in')
  const names = new Map<string, string>()
  for (const text of given) {
    const [mark = '', gate = '', ...more] = text.split('=')
    if (mark === '' || gate === '' || more.length > 0) throw usageError(`--gate: expected MARK=GATE, found ${text}`)
    names.set(mark, gate)
  }
  return names
}

/** By gate and year, so that another year of the same history is a batch of its own and the old ones stay what they are. */
function batchesOf(days: readonly BaselineDay[]): { name: string; days: BaselineDay[] }[] {
  const batches = new Map<string, BaselineDay[]>()
  for (const day of days) {
    const name = `${day.gate} ${day.day.slice(0, 4)}`
    const batch = batches.get(name) ?? []
    batch.push(day)
    batches.set(name, batch)
  }
  return [...batches].flatMap(([name, all]) => {
    const parts: { name: string; days: BaselineDay[] }[] = []
    for (let from = 0; from < all.length; from += daysMax) parts.push({ name, days: all.slice(from, from + daysMax) })
    return parts
  })
}
