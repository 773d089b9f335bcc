import type { CommandContext, Entry, ExitCode, GlobalOptions } from './command.ts'
import type { Context } from './context.ts'
import { renderCommandHelp, renderGroup, renderOverview } from './help.ts'
import { createOutput } from './output.ts'
import { findCommand, parseArgs } from './parse.ts'
import { presentError } from './present-error.ts'
import { usageError } from './usage-error.ts'

/** Runs one command line and answers its exit status. Never throws: what a command throws is presented here. */
export async function runCli(context: Context, entries: readonly Entry[], version: string): Promise<ExitCode> {
  try {
    return await dispatch(context, entries, version)
  } catch (thrown) {
    const { exit, text } = presentError(thrown, { json: wantsJson(context.argv) })
    context.stderr.write(text)
    return exit
  }
}

async function dispatch(context: Context, entries: readonly Entry[], version: string): Promise<ExitCode> {
  const line = findCommand(context.argv, entries)
  if (line.kind === 'version') return printPlain(context, [version])
  if (line.kind === 'help') {
    const [noun] = line.words
    return printPlain(context, noun === undefined ? renderOverview(entries) : renderGroup(noun, entries))
  }
  const command = await line.entry.load()
  const { args, globals, wantsHelp } = parseArgs(command, line.entry.name, line.tail)
  const inner: CommandContext = { ...context, globals, out: createOutput(context, globals) }
  if (!wantsHelp) return command.run(inner, args)
  createOutput(context, { ...globals, json: false }).lines(...renderCommandHelp(line.entry, command))
  return 0
}

const plain: GlobalOptions = { json: false, color: true, quiet: false }

function printPlain(context: Context, lines: readonly string[]): ExitCode {
  const color = !context.argv.includes('--no-color')
  createOutput(context, { ...plain, color }).lines(...lines)
  return 0
}

/** Also when the rest of the line could not be read. What stands after `--` belongs to somebody else. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? undefined : end).includes('--json')
}

/** `breakglass help [command]`, which has no other way to the registry. */
export async function helpFor(words: readonly string[], entries: readonly Entry[]): Promise<string[]> {
  if (words.length === 0) return renderOverview(entries)
  const name = words.join(' ')
  const entry = entries.find(candidate => candidate.name === name)
  if (entry !== undefined) return renderCommandHelp(entry, await entry.load())
  if (entries.some(candidate => candidate.name.startsWith(`${name} `))) return renderGroup(name, entries)
  throw usageError(`There is no help on “${name}”.`, 'breakglass --help lists the commands; also: help exit-codes')
}
