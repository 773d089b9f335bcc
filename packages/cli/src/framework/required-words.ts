import type { CommandContext } from './command.ts'
import { askText, mayAsk } from './prompt.ts'
import { usageError } from './usage-error.ts'

/** The option's words; asked for at a terminal; anywhere else a usage error that names the option. */
export async function requiredWords(
  context: CommandContext,
  given: string | undefined,
  { flag, question }: { flag: string; question: string },
): Promise<string> {
  if (given !== undefined) return given
  if (!mayAsk(context)) throw usageError(`--${flag} is missing.`, `add --${flag} "…"`)
  return askText(context, question, answer => (answer === '' ? 'expected some words' : undefined))
}
