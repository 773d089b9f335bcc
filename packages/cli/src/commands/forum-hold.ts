import { contract, forumRecord } from '@breakglass/core/contract'
import type { z } from 'zod'
import { connect } from '../client/connect.ts'
import { parseInstant } from '../evidence/period.ts'
import { askDecisions } from '../forum/ask-decisions.ts'
import { forumLines } from '../forum/forum-view.ts'
import { defineCommand } from '../framework/command.ts'
import { mayAsk } from '../framework/prompt.ts'
import { usageError } from '../framework/usage-error.ts'
import { readForm } from '../review/read-file.ts'

type Body = z.output<typeof forumRecord>
type Decision = Body['decisions'][number]

export const command = defineCommand({
  positionals: [],
  options: {
    file: { type: 'text', value: 'FILE.json', summary: 'what was decided, as --template prints it' },
    template: { type: 'flag', summary: 'print what the report asks, to be filled in; records nothing' },
    gate: { type: 'list', value: 'GATE', summary: 'a gate that something was decided about; once for each' },
    decision: { type: 'list', value: 'WORDS', summary: 'what was decided about it, in the same order' },
    owner: { type: 'list', value: 'WHO', summary: 'who took it on, in the same order' },
    due: { type: 'list', value: 'DAY', summary: 'by when, in the same order' },
    question: {
      type: 'list',
      value: 'WORDS',
      summary: 'what was asked; absent: what the report asks about these gates',
    },
    'nothing-decided': { type: 'flag', summary: 'it was held, and decided nothing about a gate' },
    'held-at': { type: 'text', value: 'INSTANT', summary: 'when; absent: now' },
    chair: { type: 'text', value: 'WHO', summary: 'absent: whom the program names, or else you' },
    report: { type: 'text', value: 'DIGEST', summary: 'which report was read; absent: the newest delivered one' },
  },
  notes: [
    'On a terminal, without any of these, each question of the report is asked; an empty answer leaves it undecided.',
    'Recorded by its chair or a program owner. The words are sealed and can be erased; that they were said is on the record.',
    'The next report begins with these decisions and says, by the records, which were kept.',
  ],
  examples: [
    { line: 'breakglass forum hold --template > forum.json', words: 'the questions, before the meeting' },
    { line: 'breakglass forum hold --file forum.json', words: 'the decisions, after it' },
    {
      line: 'breakglass forum hold --gate payments/tests --decision "Quarantine the three flaky cases" --owner kofi@acme.dev --due 2026-12-15',
      words: 'one decision, in one line',
    },
    { line: 'breakglass forum hold --nothing-decided', words: 'held, and nothing to decide' },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { options }) {
    if (options.template) {
      const { client } = await connect(context)
      const { report } = await client.call(contract.getForumReport, { query: {} })
      context.out.document({ decisions: report.questions.map(blankDecision) })
      return 0
    }
    const fromFile = options.file === undefined ? { decisions: [] } : await readForm(context, options.file, forumRecord)
    const given = [...fromFile.decisions, ...fromFlags(options)]
    const isOpen = given.length === 0 && options.file === undefined && !options['nothing-decided']
    if (isOpen && !mayAsk(context)) {
      throw usageError(
        'What was decided?',
        'breakglass forum hold --template > forum.json, fill it in, and hand it in with --file; or add --nothing-decided',
      )
    }
    const { client } = await connect(context)
    const decisions = isOpen
      ? await askDecisions(context, (await client.call(contract.getForumReport, { query: {} })).report.questions)
      : given
    const { chair, report } = options
    const body: Body = {
      ...fromFile,
      ...(options['held-at'] !== undefined && { heldAt: parseInstant(options['held-at'], 'held-at') }),
      ...(chair !== undefined && { chair }),
      ...(report !== undefined && { report }),
      decisions,
    }
    const forum = await client.call(contract.holdForum, { body })
    if (context.out.json) context.out.document(forum)
    context.out.lines(...forumLines(forum))
    return 0
  },
})

const blankDecision = ({ gate, question }: { gate: string; question: string }) => ({
  gate,
  question,
  decision: '',
  owner: '',
  due: '',
})

interface Flags {
  gate: string[]
  decision: string[]
  owner: string[]
  due: string[]
  question: string[]
}

/** The n-th of each option belong together; a decision without one of its parts is refused, not guessed. */
function fromFlags({ gate, decision, owner, due, question }: Flags): Decision[] {
  const counts = { decision: decision.length, owner: owner.length, due: due.length }
  const wrong = Object.entries(counts).find(([, length]) => length !== gate.length)
  if (wrong !== undefined) {
    throw usageError(`${gate.length} times --gate and ${wrong[1]} times --${wrong[0]}: each decision has one of each.`)
  }
  if (question.length > 0 && question.length !== gate.length)
    throw usageError('--question is given for each gate or for none.')
  return gate.map((name, i) => ({
    gate: name,
    decision: decision[i] ?? '',
    owner: owner[i] ?? '',
    due: due[i] ?? '',
    ...(question[i] === undefined ? {} : { question: question[i] }),
  }))
}
