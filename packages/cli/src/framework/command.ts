import type { exitCodes } from '@breakglass/core/errors'
import type { Context } from './context.ts'
import type { Output } from './output.ts'

export type ExitCode = keyof typeof exitCodes

/**
 * One option of a command. `text` and `list` take words, `number` a whole number, `duration` `15m` or `1h30m` as whole
 * seconds; `flag` takes nothing.
 */
export interface OptionSpec {
  type: 'text' | 'list' | 'flag' | 'number' | 'duration'
  summary: string
  /** What stands after it in the help: `GATE`, `FILE`. */
  value?: string
  choices?: readonly string[]
}

export interface PositionalSpec {
  name: string
  summary: string
  optional?: true
}

export interface Example {
  line: string
  words: string
}

type ValueOf<Spec extends OptionSpec> = Spec['type'] extends 'flag'
  ? boolean
  : Spec['type'] extends 'list'
    ? string[]
    : Spec['type'] extends 'number' | 'duration'
      ? number | undefined
      : Spec extends { choices: readonly (infer Choice)[] }
        ? Choice | undefined
        : string | undefined

export interface Args<Options extends Record<string, OptionSpec>> {
  positionals: readonly string[]
  options: { readonly [Name in keyof Options]: ValueOf<Options[Name]> }
  /** What stands after `--`. */
  rest: readonly string[]
}

export interface GlobalOptions {
  server?: string
  profile?: string
  json: boolean
  color: boolean
  quiet: boolean
}

export interface CommandContext extends Context {
  globals: GlobalOptions
  out: Output
}

/** One command, one file. Its name and summary stand in the registry, so that `--help` need not load it. */
export interface Command<Options extends Record<string, OptionSpec> = Record<string, OptionSpec>> {
  positionals: readonly PositionalSpec[]
  options: Options
  /** What to know beyond the options; paragraphs. */
  notes?: readonly string[]
  examples: readonly [Example, ...Example[]]
  exits: readonly ExitCode[]
  /** Everything after the command's name goes to another program as it stands. */
  passThrough?: true
  run(context: CommandContext, args: Args<Options>): Promise<ExitCode>
}

export function defineCommand<const Options extends Record<string, OptionSpec>>(
  command: Command<Options>,
): Command<Options> {
  return command
}

/** A line of the registry: enough for the help, and how to load the rest. */
export interface Entry {
  /** One word or two: `open`, `incident open`. */
  name: string
  summary: string
  group: string
  load(): Promise<Command>
}
