import { defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { readGateChange, reporterOf, runIdOf } from '../point/gate-options.ts'

const results = { pass: 'pass', fail: 'fail', 'could-not-run': 'could_not_run' } as const

export const command = defineCommand({
  positionals: [{ name: 'gate', summary: 'the gate whose check ran' }],
  options: {
    change: { type: 'text', value: 'owner/name@COMMIT', summary: 'the change, by its whole commit' },
    result: { type: 'text', choices: ['pass', 'fail', 'could-not-run'], summary: 'what the check said' },
    run: { type: 'text', value: 'ID', summary: 'the CI run; absent: what the CI says' },
    took: { type: 'duration', summary: 'how long the check ran; absent: nobody knows' },
  },
  notes: [
    'Reports a result that something else has produced, under the credential in BREAKGLASS_REPORTER_TOKEN, and prints the receipt.',
  ],
  examples: [
    {
      line: 'breakglass gate result payments/smoke --change acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c --result pass --run 4711 --took 12m',
      words: 'from a system that ran the check itself',
    },
  ],
  exits: [1, 3, 5, 6],
  async run(context, { positionals, options }): Promise<ExitCode> {
    const { gate, repository, commit } = readGateChange(positionals[0], options.change)
    if (options.result === undefined) throw usageError('Expected --result pass, fail or could-not-run.')
    const reporter = reporterOf(context, undefined)
    if (reporter === undefined) {
      throw usageError(
        'No credential to report with.',
        'set BREAKGLASS_REPORTER_TOKEN to the one of this gate and repository',
      )
    }
    const run = runIdOf(context, options.run)
    const told = { gate, repository, commit, result: results[options.result], run }
    const reply = await reporter({ ...told, ...(options.took !== undefined && { tookMs: options.took * 1000 }) })
    context.out.lines(reply.receipt)
    if (context.out.json) context.out.document({ gate, repository, commit, run, ...reply })
    return 0
  },
})
