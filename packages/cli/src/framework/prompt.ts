import { cleanText } from '@breakglass/report'
import type { CommandContext } from './command.ts'
import { usageError } from './usage-error.ts'

/** Questions are asked only of a person at a terminal; anywhere else, what is missing is a usage error. */
export const mayAsk = (context: CommandContext): boolean =>
  context.stdin.isTTY === true && context.stderr.isTTY === true && !context.globals.json

/** One line of words. Asks again while the check has something against it. */
export async function askText(
  context: CommandContext,
  question: string,
  faultOf: (answer: string) => string | undefined = () => undefined,
): Promise<string> {
  for (;;) {
    const answer = (await readLine(context, `${question} `)).trim()
    const fault = faultOf(answer)
    if (fault === undefined) return answer
    context.stderr.write(`  ${cleanText(fault)}\n`)
  }
}

/** One of several, by number or by name. `none` adds an empty answer that means none of them. */
export async function askChoice(
  context: CommandContext,
  question: string,
  choices: readonly { name: string; words?: string }[],
  options: { none?: string } = {},
): Promise<string | undefined> {
  writeChoices(context, question, choices, options.none)
  const answer = await askText(context, 'which?', typed =>
    (typed === '' && options.none !== undefined) || pick(typed, choices) !== undefined
      ? undefined
      : `expected a number from 1 to ${choices.length}, or a name from the list`,
  )
  return pick(answer, choices)
}

/** Some of several: numbers or names with commas or spaces, or `all`. At least one. */
export async function askChoices(
  context: CommandContext,
  question: string,
  choices: readonly { name: string; words?: string }[],
): Promise<string[]> {
  writeChoices(context, question, choices)
  const split = (typed: string) => typed.split(/[\s,]+/).filter(word => word !== '')
  const answer = await askText(context, 'which? (numbers, or all)', typed =>
    typed === 'all' || (split(typed).length > 0 && split(typed).every(word => pick(word, choices) !== undefined))
      ? undefined
      : `expected numbers from 1 to ${choices.length}, or all`,
  )
  if (answer === 'all') return choices.map(({ name }) => name)
  return [...new Set(split(answer).flatMap(word => pick(word, choices) ?? []))]
}

export async function askYesNo(context: CommandContext, question: string): Promise<boolean> {
  const answer = await askText(context, `${question} (yes/no)`, typed =>
    /^(y|yes|n|no)$/i.test(typed) ? undefined : 'expected yes or no',
  )
  return /^y/i.test(answer)
}

function writeChoices(
  context: CommandContext,
  question: string,
  choices: readonly { name: string; words?: string }[],
  none?: string,
): void {
  const lines = choices.map(
    ({ name, words }, index) => `  ${index + 1}  ${name}${words === undefined ? '' : `  ${words}`}`,
  )
  const last = none === undefined ? [] : [`  (empty)  ${none}`]
  context.stderr.write(`${cleanText([question, ...lines, ...last].join('\n'))}\n`)
}

function pick(typed: string, choices: readonly { name: string }[]): string | undefined {
  const byNumber = /^\d+$/.test(typed) ? choices[Number(typed) - 1] : undefined
  return (byNumber ?? choices.find(({ name }) => name === typed))?.name
}

/** Prompts go to standard error, so that standard output holds the answer alone. Ctrl-C and Ctrl-D stop before any effect. */
async function readLine(context: CommandContext, prompt: string): Promise<string> {
  // Taken here: the line that has everything given asks nothing, and an emergency should not wait for it.
  const { createInterface } = process.getBuiltinModule('node:readline/promises')
  const { PassThrough } = process.getBuiltinModule('node:stream')
  const echo = new PassThrough()
  echo.on('data', chunk => context.stderr.write(String(chunk)))
  const lines = createInterface({ input: context.stdin, output: echo, terminal: true, historySize: 0 })
  try {
    return await new Promise<string>((resolve, reject) => {
      const stopped = () => reject(usageError('Stopped at a question; nothing was done.'))
      lines.once('SIGINT', stopped)
      lines.once('close', stopped)
      lines.question(cleanText(prompt)).then(resolve, reject)
    })
  } finally {
    lines.close()
  }
}
