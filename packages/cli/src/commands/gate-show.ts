import { contract } from '@breakglass/core/contract'
import { outcomes } from '@breakglass/core/metrics'
import { connect } from '../client/connect.ts'
import { defineCommand } from '../framework/command.ts'
import { gateLines } from '../views/gate-numbers.ts'

export const command = defineCommand({
  positionals: [{ name: 'gate', summary: 'the gate, as the program names it' }],
  options: {
    outcome: { type: 'text', value: 'OUTCOME', choices: outcomes, summary: 'only landings that came to this' },
    from: { type: 'text', value: 'DAY', summary: 'only landings of this day and later (2026-11-23)' },
    to: { type: 'text', value: 'DAY', summary: 'only landings of this day and earlier' },
  },
  examples: [
    { line: 'breakglass gate show payments/tests', words: 'its numbers, week by week, and the landings behind them' },
    {
      line: 'breakglass gate show payments/tests --outcome bypassed_unsanctioned',
      words: 'which landings went round it without a grant',
    },
  ],
  exits: [3, 4, 5, 6],
  async run(context, { positionals: [gate = ''], options: { outcome, from, to } }) {
    const { client } = await connect(context)
    const query = {
      ...(outcome !== undefined && { outcome }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    }
    const shown = await client.call(contract.showGateNumbers, { params: { gate }, query })
    if (context.out.json) context.out.document(shown)
    else context.out.lines(...gateLines(shown, context.out.width))
    return 0
  },
})
