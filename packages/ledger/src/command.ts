import { LedgerError } from './errors.ts'
import type { Host } from './host.ts'

/** One command: its flags, its words, what it does. Answers with the exit status. */
export interface Command {
  help: string
  flags: Record<string, { type: 'string' | 'boolean' }>
  /** The flag that one word without a name stands for. */
  positional?: string
  run(flags: Flags, host: Host): Promise<number>
}

export type Flags = Readonly<Record<string, string | boolean | undefined>>

/** A flag that must be there. */
export function required(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value === 'string' && value !== '') return value
  throw new LedgerError('bad_usage', `expected --${name} and a value; see --help`)
}

export function optional(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}
