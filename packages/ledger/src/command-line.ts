import { parseArgs } from 'node:util'
import { closeCommand } from './close-command.ts'
import type { Command, Flags } from './command.ts'
import {
  credentialAddCommand,
  credentialEndCommand,
  credentialListCommand,
  credentialRotateCommand,
} from './credential-command.ts'
import { errorTable, LedgerError, messageOf } from './errors.ts'
import { fsckCommand } from './fsck-command.ts'
import { gcCommand } from './gc-command.ts'
import { exit, type Host } from './host.ts'
import { initCommand } from './init-command.ts'
import { monitorCommand } from './monitor-command.ts'
import { proveCommand } from './prove-command.ts'
import { restoreCommand } from './restore-command.ts'
import { serveCommand } from './serve-command.ts'
import { showCommand } from './show-command.ts'
import { witnessAddLogCommand, witnessInitCommand, witnessServeCommand, witnessShowCommand } from './witness-command.ts'

const commands: ReadonlyMap<string, Command> = new Map([
  ['init', initCommand],
  ['serve', serveCommand],
  ['fsck', fsckCommand],
  ['restore', restoreCommand],
  ['gc', gcCommand],
  ['close', closeCommand],
  ['show', showCommand],
  ['prove', proveCommand],
  ['monitor', monitorCommand],
  ['credential add', credentialAddCommand],
  ['credential rotate', credentialRotateCommand],
  ['credential end', credentialEndCommand],
  ['credential list', credentialListCommand],
  ['witness init', witnessInitCommand],
  ['witness add-log', witnessAddLogCommand],
  ['witness serve', witnessServeCommand],
  ['witness show', witnessShowCommand],
])

const help = `breakglass-ledger: the transparency log, its own process and its own key

  breakglass-ledger init  --dir D    make a ledger: key, origin, two credentials
  breakglass-ledger serve --dir D    serve it over HTTP
  breakglass-ledger fsck  --dir D    verify all of it again
  breakglass-ledger restore --from M --dir D --key-file F --vkey V    a ledger out of a mirror
  breakglass-ledger gc    --dir D    remove partial tiles that nobody needs
  breakglass-ledger close --dir D --successor ORIGIN    the last entry, which names the log to go on with

  breakglass-ledger show    <index | s_… | sha256:…> --log L …    one entry, its path, its checkpoint, in words
  breakglass-ledger prove   --log L … --index N                   a tlog-proof of one entry
  breakglass-ledger monitor --log L … --state FILE                watch a log from outside, and say what is wrong

  breakglass-ledger credential add    --dir D --name N --may append|read    who may append, who may read
  breakglass-ledger credential rotate --dir D --name N    another secret for N
  breakglass-ledger credential end    --dir D --name N    takes effect without a restart
  breakglass-ledger credential list   --dir D

  breakglass-ledger witness init    --dir D --name N    make a witness: somebody else's memory of a log
  breakglass-ledger witness add-log --dir D --vkey V    watch a log
  breakglass-ledger witness serve   --dir D             cosign its checkpoints over HTTP
  breakglass-ledger witness show    --dir D             what it has cosigned

Each with --help for its flags and examples.
Exit status: 0 done, 1 refused or damaged, 2 the command line is wrong, 70 signing has stopped on a fatal error.`

export async function runCommandLine(argv: readonly string[], host: Host): Promise<number> {
  const { name, rest } = nameOf(argv)
  if (name === '--help' || name === '-h' || name === 'help') return say(host, help)
  const command = commands.get(name)
  if (command === undefined)
    return refuse(
      host,
      new LedgerError('bad_usage', `expected one of ${[...commands.keys()].join(', ')}, found ${name}`),
    )
  try {
    const flags = parseFlags(command, rest)
    return flags['help'] === true ? say(host, command.help) : await command.run(flags, host)
  } catch (error) {
    return refuse(host, error)
  }
}

/** `witness` stands before its commands; alone it asks for help. */
function nameOf([first = '--help', ...rest]: readonly string[]): { name: string; rest: string[] } {
  if (first !== 'witness' && first !== 'credential') return { name: first, rest }
  const [second = '--help', ...others] = rest
  return { name: second.startsWith('-') ? '--help' : `${first} ${second}`, rest: others }
}

function parseFlags(command: Command, args: string[]): Flags {
  try {
    const options = { ...command.flags, help: { type: 'boolean' } } as const
    const parsed = parseArgs({ args, options, strict: true, allowPositionals: true })
    const { positionals } = parsed
    const values: Flags = parsed.values
    const [first, ...more] = positionals
    if (first === undefined) return values
    const name = command.positional
    if (name === undefined || more.length > 0 || values[name] !== undefined) {
      throw new LedgerError('bad_usage', `expected flags only, found ${more[0] ?? first}.`)
    }
    return { ...values, [name]: first }
  } catch (cause) {
    throw new LedgerError('bad_usage', `${messageOf(cause)} See --help`, { cause })
  }
}

function say(host: Host, text: string): number {
  host.out(text)
  return exit.ok
}

function refuse(host: Host, error: unknown): number {
  host.err(`breakglass-ledger: ${error instanceof LedgerError ? `${error.code}: ` : ''}${messageOf(error)}`)
  if (!(error instanceof LedgerError)) return exit.fatal
  if (error.code === 'bad_usage') return exit.usage
  return errorTable[error.code].fatal ? exit.fatal : exit.no
}
