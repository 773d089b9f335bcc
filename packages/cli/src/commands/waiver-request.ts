import { contract } from '@breakglass/core/contract'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { requiredWords } from '../framework/required-words.ts'
import { usageError } from '../framework/usage-error.ts'
import { waiverLines } from '../views/waiver.ts'

const branchDefault = 'main'

export const command = defineCommand({
  positionals: [{ name: 'gate', summary: 'the gate' }],
  options: {
    repository: { type: 'list', value: 'NAME', summary: 'where; several: the option again' },
    branch: { type: 'list', value: 'BRANCH', summary: `on which branches; absent: ${branchDefault}` },
    for: { type: 'duration', value: 'TIME', summary: 'how long, such as 14d; the program says how long at most' },
    reason: { type: 'text', summary: 'why, for whoever approves it and whoever reads it in a year' },
    owner: { type: 'text', value: 'PERSON', summary: 'who answers for it; absent: you' },
  },
  notes: [
    'It holds nothing before the gate’s owner has approved it (two of them for a gate of class control) and the ledger has it.',
    'Its age counts from the first waiver of that gate in that repository, also when it is filed anew. A safety net is never waived.',
  ],
  examples: [
    {
      line: 'breakglass waiver request payments/lint --repository acme/payments --for 14d --reason "The linter chokes on generated code until 4.2 is out"',
      words: 'ask for two weeks',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [gate = ''], options }) {
    const { repository: repositories, branch, for: seconds, owner } = options
    if (repositories.length === 0) throw usageError('--repository is missing.', 'add --repository NAME')
    if (seconds === undefined) throw usageError('--for is missing.', 'add --for 14d')
    const reason = await requiredWords(context, options.reason, { flag: 'reason', question: 'Why?' })
    const branches = branch.length === 0 ? [branchDefault] : branch
    const places = repositories.flatMap(repository => branches.map(ref => ({ repository, ref })))
    const { client } = await connect(context)
    const body = { gate, places, reason, seconds, ...(owner === undefined ? {} : { owner }) }
    const waiver = await client.call(contract.requestWaiver, { body })
    if (context.out.json) context.out.document(waiver)
    context.out.lines(...waiverLines(waiver))
    return 0
  },
})
