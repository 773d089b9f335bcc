import { parseDuration } from '@breakglass/report'
import type { Args, Command, Entry, GlobalOptions, OptionSpec } from './command.ts'
import { suggest } from './suggest.ts'
import { usageError } from './usage-error.ts'

/** Options that every command takes. */
export const globalOptions = {
  server: { type: 'text', value: 'URL', summary: 'talk to this server instead of the profile’s' },
  profile: { type: 'text', value: 'NAME', summary: 'use this profile (also --as)' },
  as: { type: 'text', value: 'NAME', summary: 'the same as --profile' },
  json: { type: 'flag', summary: 'print one JSON document; errors too, on standard error' },
  'no-color': { type: 'flag', summary: 'no colours (NO_COLOR does the same)' },
  quiet: { type: 'flag', summary: 'only what was asked for: no notes' },
  help: { type: 'flag', summary: 'how to use this command' },
} as const satisfies Record<string, OptionSpec>

export type CommandLine =
  | { kind: 'version' }
  /** `words` name a command, a group of commands, or nothing: the overview. */
  | { kind: 'help'; words: string[] }
  | { kind: 'command'; entry: Entry; tail: string[] }

/** Finds the command; its own options are read later, by `parseArgs`, when it is loaded. */
export function findCommand(argv: readonly string[], entries: readonly Entry[]): CommandLine {
  const { leading, after } = splitLeading(argv)
  const [first, second] = after
  if (leading.includes('--version') || first === 'version') return { kind: 'version' }
  if (first === undefined) return { kind: 'help', words: [] }
  const two = entries.find(({ name }) => name === `${first} ${second}`)
  if (two !== undefined) return { kind: 'command', entry: two, tail: [...leading, ...after.slice(2)] }
  const one = entries.find(({ name }) => name === first)
  if (one !== undefined) return { kind: 'command', entry: one, tail: [...leading, ...after.slice(1)] }
  const verbs = entries.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []))
  if (verbs.length === 0) throw unknownCommand(first, entries)
  if (second === undefined || second === '--help') return { kind: 'help', words: [first] }
  throw unknownVerb(first, second, verbs)
}

/** Global options may stand before the command. */
function splitLeading(argv: readonly string[]): { leading: string[]; after: string[] } {
  let at = 0
  while (at < argv.length) {
    const token = argv[at] ?? ''
    if (!token.startsWith('-') || token === '--') break
    const takesValue = specOf(token.replace(/^--/, ''), globalOptions)?.type === 'text'
    at += takesValue ? 2 : 1
  }
  return { leading: argv.slice(0, at), after: argv.slice(at) }
}

function unknownCommand(word: string, entries: readonly Entry[]) {
  const words = [...new Set(entries.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]))]
  return usageError(
    `There is no command “${word}”.`,
    didYouMean(suggest(word, words)) ?? 'breakglass --help lists them',
  )
}

function unknownVerb(noun: string, verb: string, verbs: readonly string[]) {
  const near = suggest(verb, verbs)
  const all = `expected one of: ${verbs.join(', ')}`
  return usageError(
    `There is no command “${noun} ${verb}”; ${all}.`,
    didYouMean(near === undefined ? undefined : `${noun} ${near}`),
  )
}

const didYouMean = (near: string | undefined) => (near === undefined ? undefined : `did you mean “${near}”?`)

export interface ParsedTail {
  args: Args<Record<string, OptionSpec>>
  globals: GlobalOptions
  wantsHelp: boolean
}

/**
 * Reads what follows the command's name. Throws `usage` on an unknown option, a missing or wrong value, a positional
 * too many or too few.
 */
export function parseArgs(command: Command, name: string, tail: readonly string[]): ParsedTail {
  if (command.passThrough) return passedThrough(tail)
  const specs: Record<string, OptionSpec> = { ...globalOptions, ...command.options }
  const found = readTokens(tail, specs)
  const wantsHelp = found.values.has('help')
  if (!wantsHelp) checkPositionals(command, name, found.positionals)
  const valueOf = (option: string) => found.values.get(option)
  const options = Object.fromEntries(
    Object.entries(command.options).map(([option, spec]) => [option, typed(option, spec, valueOf(option))]),
  )
  return {
    // Each value is what its own spec says; the table of all commands cannot say which.
    args: { positionals: found.positionals, options: options as ParsedTail['args']['options'], rest: found.rest },
    globals: globalsOf(found.values),
    wantsHelp,
  }
}

function passedThrough(tail: readonly string[]): ParsedTail {
  const wantsHelp = tail.length === 1 && tail[0] === '--help'
  const rest = tail[0] === '--' ? tail.slice(1) : [...tail]
  return { args: { positionals: [], options: {}, rest }, globals: globalsOf(new Map()), wantsHelp }
}

function globalsOf(values: ReadonlyMap<string, readonly string[]>): GlobalOptions {
  const server = values.get('server')?.at(-1)
  const profile = (values.get('profile') ?? values.get('as'))?.at(-1)
  return {
    ...(server === undefined ? {} : { server }),
    ...(profile === undefined ? {} : { profile }),
    json: values.has('json'),
    color: !values.has('no-color'),
    quiet: values.has('quiet'),
  }
}

interface Tokens {
  positionals: string[]
  rest: string[]
  values: Map<string, string[]>
}

function readTokens(tail: readonly string[], specs: Record<string, OptionSpec>): Tokens {
  const tokens: Tokens = { positionals: [], rest: [], values: new Map() }
  for (let at = 0; at < tail.length; at++) {
    const token = tail[at] ?? ''
    if (token === '--') {
      tokens.rest = tail.slice(at + 1)
      break
    }
    if (!token.startsWith('-') || token === '-') {
      tokens.positionals.push(token)
      continue
    }
    const { option, inline, spec } = readOption(token, specs)
    const already = tokens.values.get(option)
    if (already !== undefined && spec.type !== 'list' && spec.type !== 'flag') {
      throw usageError(`--${option} is given twice.`)
    }
    if (spec.type === 'flag') {
      if (inline !== undefined) throw usageError(`--${option} takes no value; found “${inline}”.`)
      tokens.values.set(option, [])
      continue
    }
    const value = inline ?? tail[++at]
    if (value === undefined || (inline === undefined && value.startsWith('-') && value !== '-')) {
      throw usageError(`--${option} needs a value: --${option} ${placeholderOf(spec)}`, valueHint(option, value))
    }
    tokens.values.set(option, [...(already ?? []), value])
  }
  return tokens
}

const valueHint = (option: string, value: string | undefined) =>
  value === undefined ? undefined : `if the value begins with a dash, write --${option}=${value}`

function readOption(token: string, specs: Record<string, OptionSpec>) {
  const name = token === '-h' ? '--help' : token
  const [typed = '', ...inline] = name.slice(2).split('=')
  const spec = name.startsWith('--') ? specOf(typed, specs) : undefined
  if (spec === undefined) {
    const near = suggest(typed === '' ? token.slice(1) : typed, Object.keys(specs))
    throw usageError(`There is no option ${token.split('=')[0]} here.`, didYouMean(near && `--${near}`))
  }
  return { option: typed, spec, inline: inline.length === 0 ? undefined : inline.join('=') }
}

const specOf = (option: string, specs: Record<string, OptionSpec>) =>
  Object.hasOwn(specs, option) ? specs[option] : undefined

export const placeholderOf = (spec: OptionSpec) =>
  spec.choices?.join('|') ??
  spec.value ??
  { text: 'TEXT', list: 'TEXT', number: 'N', duration: '15m', flag: '' }[spec.type]

function typed(option: string, spec: OptionSpec, values: readonly string[] | undefined): unknown {
  if (spec.type === 'flag') return values !== undefined
  for (const value of values ?? []) checkChoice(option, spec, value)
  if (spec.type === 'list') return values ?? []
  const value = values?.[0]
  if (value === undefined) return undefined
  if (spec.type === 'number') return wholeNumber(option, value)
  if (spec.type === 'duration') return duration(option, value)
  return value
}

function checkChoice(option: string, { choices }: OptionSpec, value: string): void {
  if (choices === undefined || choices.includes(value)) return
  throw usageError(
    `--${option} is one of ${choices.join(', ')}; found “${value}”.`,
    didYouMean(suggest(value, choices)),
  )
}

function wholeNumber(option: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw usageError(`--${option} is a whole number; found “${value}”.`)
}

function duration(option: string, value: string): number {
  const seconds = parseDuration(value)
  if (seconds !== undefined) return seconds
  throw usageError(`--${option} is a duration such as 15m, 90s or 1h30m; found “${value}”.`)
}

function checkPositionals(command: Command, name: string, positionals: readonly string[]): void {
  const missing = command.positionals[positionals.length]
  if (missing !== undefined && missing.optional !== true) {
    throw usageError(`${missing.name} is missing: ${missing.summary}.`, `breakglass ${name} --help shows how`)
  }
  if (positionals.length <= command.positionals.length) return
  const extra = positionals[command.positionals.length] ?? ''
  throw usageError(`“${extra}” is one word too many for ${name}.`, 'put words that belong together in quotes')
}
