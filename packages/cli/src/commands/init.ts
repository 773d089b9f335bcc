import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { defineCommand } from '../framework/command.ts'
import { gatherFacts } from '../init/facts.ts'
import { gatesOf, renderProgram } from '../init/render.ts'
import { programFileDefault } from '../program/read-files.ts'

export const command = defineCommand({
  positionals: [{ name: 'file', summary: `where to write it; absent: ${programFileDefault}`, optional: true }],
  options: {
    timezone: { type: 'text', value: 'Europe/Berlin', summary: 'of the organisation; absent: this machine’s' },
  },
  notes: [
    'Reads the remote, the branch, the CI files and who committed lately. An existing file is never written over.',
  ],
  examples: [
    { line: 'breakglass init', words: 'a first program, to edit' },
    { line: 'breakglass init ops/breakglass.yaml --timezone Europe/Berlin', words: 'elsewhere' },
  ],
  exits: [5],
  async run(context, { positionals: [given = programFileDefault], options }) {
    const timezone = options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const facts = await gatherFacts(context, timezone)
    const file = path.resolve(context.cwd, given)
    // `wx`: two people, or a file that came meanwhile, find out here.
    await writeFile(file, renderProgram(facts), { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST')
        throw new BreakglassError('bad_input', { message: `${given} cannot be written: ${cause.code}.`, cause })
      throw new BreakglassError('already_exists', { message: `${given} is there already; nothing was written.`, cause })
    })
    const gates = gatesOf(facts).map(({ name }) => name)
    if (context.out.json) context.out.document({ file, ...facts, gates })
    context.out.lines(
      `Wrote ${given}: ${gates.length === 1 ? 'one gate' : `${gates.length} gates`} for ${facts.repository} on ${facts.branch}.`,
      'Read it through, then: breakglass check',
    )
    return 0
  },
})
