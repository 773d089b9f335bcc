import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { advise, adviceRules, factsOfBaseline } from '@breakglass/core/advise'
import { baselineReport } from '@breakglass/core/baseline/schemas'
import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { parseProgram } from '@breakglass/core/program'
import { style } from '@breakglass/report'
import type { z } from 'zod'
import { connect } from '../client/connect.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { registryOf } from '../program/check-offline.ts'
import { readProgramFiles } from '../program/read-files.ts'
import { sourceOf } from '../program/source.ts'
import { evidenceWords } from '../forum/evidence-words.ts'
import { remarkLines } from '../views/program.ts'

/** A history of a thousand gates is less. */
const numbersBytesMax = 32 * 1024 * 1024

export const command = defineCommand({
  positionals: [
    { name: 'program', summary: 'a program file, without a server; absent: the program in force', optional: true },
  ],
  options: {
    numbers: { type: 'text', value: 'FILE', summary: 'what breakglass baseline --json printed, for a program file' },
    diff: { type: 'flag', summary: 'print the changes alone, for git apply' },
  },
  notes: [
    'Two questions, answered from the program and its numbers: add a bypass or relax the gate; standing access, access on request, or break-glass.',
    'Each change has been applied and read again as a program. One that widens takes two owners and its delay, as any other.',
    'A history does not say what was sanctioned or in an incident, so with --numbers fewer rules can speak.',
  ],
  examples: [
    { line: 'breakglass advise', words: 'on the program in force, from this organisation’s numbers' },
    { line: 'breakglass advise breakglass.yaml --numbers baseline.json', words: 'without a server, from a history' },
    { line: 'breakglass advise --diff > advice.patch', words: 'the changes, to look at one by one' },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [file], options }) {
    if (file === undefined && options.numbers !== undefined)
      throw usageError('--numbers needs a program file.', 'breakglass advise breakglass.yaml --numbers baseline.json')
    return file === undefined ? online(context, options) : offline(context, file, options)
  },
})

interface Options {
  numbers: string | undefined
  diff: boolean
}

async function online(context: CommandContext, options: Options): Promise<ExitCode> {
  const { client } = await connect(context)
  const { advice, unmeasured } = await client.call(contract.getAdvice, {})
  return show(context, { advice, unmeasured, unknown: [] }, options)
}

async function offline(context: CommandContext, file: string, options: Options): Promise<ExitCode> {
  const files = await readProgramFiles(context, file)
  const read = parseProgram(files)
  if (!read.ok) return refuse(context, read.remarks)
  const registry = registryOf(read.source.program, await sourceOf(context, file))
  const numbers = options.numbers === undefined ? [] : factsOfBaseline(await numbersIn(context, options.numbers))
  const advising = advise(files, registry, numbers)
  return advising.ok ? show(context, advising, options) : refuse(context, advising.remarks)
}

function refuse(context: CommandContext, remarks: Parameters<typeof remarkLines>[0]): ExitCode {
  if (context.out.json) context.out.document({ remarks })
  context.out.lines(...remarkLines(remarks), 'The program has errors: breakglass check says the same.')
  return 1
}

async function numbersIn(context: CommandContext, given: string) {
  const file = path.resolve(context.cwd, given)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BreakglassError('not_found', { message: `${given} cannot be read.`, cause })
  })
  if (text.length > numbersBytesMax) throw new BreakglassError('too_large', `${given} is larger than any baseline.`)
  const parsed = baselineReport.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new BreakglassError('bad_input', `${given} is not what breakglass baseline --json prints.`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Shown = Omit<z.output<(typeof contract.getAdvice)['reply']>['advice'][number], 'edits'>

function show(
  context: CommandContext,
  { advice, unmeasured, unknown }: { advice: readonly Shown[]; unmeasured: string[]; unknown: string[] },
  { diff }: Options,
): ExitCode {
  if (context.out.json) context.out.document({ advice, unmeasured, unknown })
  else if (diff) context.out.raw(advice.map(each => each.diff ?? '').join(''))
  else {
    context.out.lines(...(advice.length === 0 ? ['There is nothing to advise.'] : advice.flatMap(adviceLines)))
    context.out.lines(...(unmeasured.length === 0 ? [] : ['', `Not measured: ${unmeasured.join(', ')}.`]))
  }
  if (unknown.length > 0) context.out.note(`note: the program has no gate called ${unknown.join(', ')}`)
  return 0
}

function adviceLines({ rule, gate, reason, evidence, remedy, diff, noEdit, class: one }: Shown, i: number): string[] {
  const widens = one === 'widening' ? ' (a widening: two owners sign, and it waits)' : ''
  return [
    ...(i === 0 ? [] : ['']),
    `${style.bold(gate)}  ${rule}`,
    `  ${reason}`,
    ...evidence.map(each => `  ${style.dim(evidenceWords(each))}`),
    `  ${adviceRules[rule]}`,
    `  ${remedy}`,
    ...(noEdit === undefined ? [] : [`  ${noEdit}`]),
    ...(diff === undefined
      ? []
      : [
          `  Change${widens}:`,
          ...diff
            .trimEnd()
            .split('\n')
            .map(line => `    ${line}`),
        ]),
  ]
}
