import { contract } from '@breakglass/core/contract'
import { repairCauses } from '@breakglass/core/repair'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { usageError } from '../framework/usage-error.ts'
import { repairLines } from '../views/waiver.ts'

export const command = defineCommand({
  positionals: [{ name: 'gate', summary: 'the gate' }],
  options: {
    cause: { type: 'text', choices: repairCauses, summary: 'why it hurts' },
    plan: { type: 'text', summary: 'what will be done' },
    paused: { type: 'text', summary: 'what is put off for it' },
    owner: { type: 'text', value: 'PERSON', summary: 'who does it' },
    sponsor: { type: 'text', value: 'PERSON', summary: 'who stands for the time it takes' },
    due: { type: 'text', value: 'DATE', summary: 'until when, such as 2026-12-24' },
  },
  examples: [
    {
      line: 'breakglass repair open payments/tests --cause flaky --plan "Quarantine the broker test and mend it" --paused "The export page" --owner ana@acme.dev --sponsor mina@acme.dev --due 2026-12-24',
      words: 'as the gate’s owner',
    },
  ],
  exits: [1, 2, 3, 4, 5, 6],
  async run(context, { positionals: [gate = ''], options }) {
    const { cause, owner, sponsor, due: dueOn } = options
    if (cause === undefined) throw usageError(`--cause is missing.`, `add --cause ${repairCauses.join(' | ')}`)
    if (owner === undefined) throw usageError('--owner is missing.', 'add --owner PERSON')
    if (sponsor === undefined) throw usageError('--sponsor is missing.', 'add --sponsor PERSON')
    if (dueOn === undefined) throw usageError('--due is missing.', 'add --due 2026-12-24')
    const plan = await requiredWords(context, options.plan, { flag: 'plan', question: 'What will be done?' })
    const paused = await requiredWords(context, options.paused, { flag: 'paused', question: 'What is put off for it?' })
    const { client } = await connect(context)
    const repair = await client.call(contract.openRepair, {
      body: { gate, cause, owner, sponsor, dueOn, plan, paused },
    })
    if (context.out.json) context.out.document(repair)
    context.out.lines(...repairLines(repair))
    return 0
  },
})
