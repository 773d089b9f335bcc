import { exitCodes } from '@breakglass/core/errors'
import { defineCommand } from '../framework/command.ts'
import { renderExitCodes } from '../framework/help.ts'
import { helpFor } from '../framework/run.ts'
import { entries } from './registry.ts'

export const command = defineCommand({
  positionals: [
    { name: 'command', summary: 'a command, its first word, or exit-codes', optional: true },
    { name: 'verb', summary: 'its second word', optional: true },
  ],
  options: {},
  examples: [
    { line: 'breakglass help open', words: 'how to use one command' },
    { line: 'breakglass help exit-codes', words: 'what a script can rely on' },
  ],
  exits: [],
  async run(context, { positionals }) {
    const isExitCodes = positionals[0] === 'exit-codes'
    const lines = isExitCodes ? renderExitCodes() : await helpFor(positionals, entries)
    if (context.out.json) context.out.document(isExitCodes ? exitCodes : { help: lines.join('\n') })
    context.out.lines(...lines)
    return 0
  },
})
