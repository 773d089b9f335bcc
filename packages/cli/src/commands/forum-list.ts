import { contract } from '@breakglass/core/contract'
import { type Column, relativeTime, shortInstant } from '@breakglass/report'
import type { z } from 'zod'
import { connect, serverNow } from '../client/connect.ts'
import { notePublishing } from '../forum/write-report.ts'
import { defineCommand } from '../framework/command.ts'
import { printTable } from '../views/print-table.ts'

type Listed = z.output<(typeof contract.listForums)['reply']>

export const command = defineCommand({
  positionals: [],
  options: {},
  examples: [
    { line: 'breakglass forum list', words: 'what was held, what was delivered, when the next is due' },
    { line: 'breakglass forum list --json', words: 'the same, for a script' },
  ],
  exits: [3, 6],
  async run(context) {
    const { client } = await connect(context)
    const listed = await client.call(contract.listForums, {})
    if (context.out.json) context.out.document(listed)
    printTable(context, forums, listed.forums, 'No forum has been held.')
    context.out.lines('')
    printTable(context, reports, listed.reports, 'No report has fallen due.')
    context.out.lines('', dueLine(listed, serverNow(context, client)))
    notePublishing(context, listed.publish)
    return 0
  },
})

function dueLine({ dueAt, missed }: Listed, nowMs: number): string {
  if (dueAt === undefined) return 'The program names no forum: write forum: { every: 30d, chair: … }.'
  const when = `${shortInstant(dueAt)}, ${relativeTime(dueAt, nowMs)}`
  return missed ? `MISSED: the forum was due ${when}. Record it: breakglass forum hold.` : `The next is due ${when}.`
}

const forums: Column<Listed['forums'][number]>[] = [
  { title: 'forum', of: ({ id }) => id },
  { title: 'held', of: ({ heldAt }) => shortInstant(heldAt) },
  { title: 'chair', of: ({ chair }) => chair.name, flexible: true },
  { title: 'decisions', of: ({ decisions }) => decisions.length },
  { title: 'undecided', of: ({ undecided }) => undecided.length },
]

const reports: Column<Listed['reports'][number]>[] = [
  { title: 'report', of: ({ id }) => id },
  { title: 'due', of: ({ dueAt }) => shortInstant(dueAt) },
  { title: 'posted', of: ({ posted }) => postedWords(posted) },
  { title: 'says', of: ({ headline }) => headline, flexible: true },
]

function postedWords(posted: Listed['reports'][number]['posted']): string {
  if (posted === undefined) return '–'
  if (posted.at !== undefined) return `${posted.to}, ${shortInstant(posted.at)}`
  return posted.error === undefined ? `not to ${posted.to}` : `not to ${posted.to}: ${posted.error}`
}
