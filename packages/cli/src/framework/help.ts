import { exitCodes } from '@breakglass/core/errors'
import { facts, style } from '@breakglass/report'
import type { Command, Entry, ExitCode, OptionSpec } from './command.ts'
import { globalOptions, placeholderOf } from './parse.ts'

/** Every command is ended by one of these whatever else it may answer. */
export const commonExits: readonly ExitCode[] = [0, 2, 70]

export function renderOverview(entries: readonly Entry[]): string[] {
  const groups = [...new Set(entries.map(({ group }) => group))]
  return [
    'breakglass: the sanctioned way through a gate that blocks you, and the record of it',
    '',
    'usage: breakglass <command> [options]',
    ...groups.flatMap(group => [
      '',
      style.bold(group),
      ...indent(facts(entries.filter(entry => entry.group === group).map(({ name, summary }) => [name, summary]))),
    ]),
    '',
    style.bold('every command takes'),
    ...optionLines(globalOptions),
    '',
    'breakglass <command> --help shows examples. breakglass help exit-codes lists what a script can rely on.',
  ]
}

/** The commands of one noun: `breakglass incident`. */
export function renderGroup(noun: string, entries: readonly Entry[]): string[] {
  const within = entries.filter(({ name }) => name.startsWith(`${noun} `))
  return [
    `usage: breakglass ${noun} <command>`,
    '',
    ...indent(facts(within.map(({ name, summary }) => [name, summary]))),
    '',
    `breakglass ${noun} <command> --help shows examples.`,
  ]
}

export function renderCommandHelp(entry: Entry, command: Command): string[] {
  return [
    `${entry.name}: ${entry.summary}`,
    '',
    `usage: ${usageOf(entry.name, command)}`,
    ...section('arguments', indent(facts(command.positionals.map(({ name, summary }) => [name, summary])))),
    ...section('options', optionLines(command.options)),
    ...(command.notes ?? []).flatMap(note => ['', note]),
    ...section(
      'examples',
      command.examples.flatMap(({ line, words }) => [`  # ${words}`, `  ${line}`]),
    ),
    ...section('exit codes', exitLines([...new Set([...commonExits, ...command.exits])].sort((a, b) => a - b))),
    '',
    `Also: ${Object.keys(globalOptions)
      .map(option => `--${option}`)
      .join(' ')}`,
  ]
}

export function renderExitCodes(): string[] {
  const codes = Object.keys(exitCodes).map(Number) as ExitCode[] // keys of a record of numbers
  return ['Every command ends with one of these; scripts may rely on them.', '', ...exitLines(codes)]
}

export function usageOf(name: string, command: Command): string {
  const positionals = command.positionals.map(spec => (spec.optional ? `[${spec.name}]` : `<${spec.name}>`))
  const hasOptions = Object.keys(command.options).length > 0
  const rest = command.passThrough ? ['[arguments]'] : hasOptions ? ['[options]'] : []
  return ['breakglass', name, ...positionals, ...rest].join(' ')
}

const exitLines = (codes: readonly ExitCode[]) =>
  indent(facts(codes.map(code => [String(code).padStart(2), exitCodes[code]])))

function optionLines(options: Record<string, OptionSpec>): string[] {
  return indent(
    facts(
      Object.entries(options).map(([name, spec]) => {
        const value = placeholderOf(spec)
        const repeated = spec.type === 'list' ? ' (again for more)' : ''
        return [value === '' ? `--${name}` : `--${name} ${value}`, spec.summary + repeated]
      }),
    ),
  )
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', style.bold(title), ...lines]
const indent = (lines: readonly string[]) => lines.map(line => `  ${line}`)
