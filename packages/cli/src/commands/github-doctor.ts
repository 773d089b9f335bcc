import { resolve } from 'node:path'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { examineGithub } from '../github/doctor.ts'
import { atPoint } from '../point/at-point.ts'
import { examine } from '../point/doctor.ts'
import { presentFindings } from './hook-doctor.ts'

export const command = defineCommand({
  positionals: [],
  options: { point: { type: 'text', value: 'DIR', summary: 'the enforcement point on GitHub' } },
  notes: [
    'Changes nothing. Says what the app may do, how strongly GitHub holds each gate at each branch that the program names, what could not be read, and what to change. Ends with 1 when something is wrong.',
  ],
  examples: [
    {
      line: 'breakglass github doctor --point /var/lib/breakglass/payments',
      words: 'one line for each thing that must be right',
    },
  ],
  exits: [1, 3, 4, 6],
  async run(context, { options: { point: dir } }) {
    if (dir === undefined) throw usageError('Which enforcement point?', 'add --point <directory>')
    const findings = await atPoint(context, resolve(context.cwd, dir), async point => [
      ...(await examine(point, undefined)),
      ...(await examineGithub(point)),
    ])
    return presentFindings(context, findings)
  },
})
