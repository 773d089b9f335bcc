import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import type { CommandContext } from '../framework/command.ts'
import { type Child, startChild, statusOf, untilReady } from './child.ts'
import { resolveBin } from './resolve-bin.ts'

export interface UpOptions {
  dir: string
  port: number
  organization: string
}

export interface RunningUp {
  url: string
  adminLink: string | undefined
  trust: string
  ledgerUrl: string
  ledger: Child
  server: Child
}

/** The ledger first, then the server that appends to it. A part that does not start takes the other down with it. */
export async function startUp(
  context: CommandContext,
  options: UpOptions,
  started: (child: Child) => void,
): Promise<RunningUp> {
  const directories = { ledger: path.join(options.dir, 'ledger'), server: path.join(options.dir, 'server') }
  const ledgerBin = resolveBin('@breakglass/ledger')
  const serverBin = resolveBin('@breakglass/server')
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  if (!existsSync(path.join(directories.ledger, 'ledger.json')))
    await initLedger(context, ledgerBin, directories.ledger)

  const say = (name: string) => (line: string) => context.out.note(`${name}: ${line}`)
  const ledgerArgs = ['serve', '--dir', directories.ledger, '--listen', '127.0.0.1:0']
  const ledger = startChild(context, ledgerBin, ledgerArgs, { stdout: 'pipe' })
  started(ledger)
  const log = await untilReady(ledger, 'ledger', say('ledger'))

  const server = startChild(context, serverBin, serverArgs(directories, options, log), { stdout: 'pipe' })
  started(server)
  const ready = await untilReady(server, 'server', say('server'))
  return {
    url: textOf(ready, 'url', 'server'),
    adminLink: optionalText(ready, 'adminLink'),
    trust: optionalText(ready, 'trust') ?? path.join(directories.server, 'trust.json'),
    ledgerUrl: textOf(log, 'url', 'ledger'),
    ledger,
    server,
  }
}

async function initLedger(context: CommandContext, bin: string, dir: string): Promise<void> {
  const child = startChild(context, bin, ['init', '--dir', dir], { stdout: 'pipe' })
  // What it prints names secrets' places; it is kept off the screen and needs no pipe that fills up.
  child.process.stdout?.resume()
  const status = statusOf(await child.ended)
  if (status !== 0)
    throw new BreakglassError('not_installed', {
      message: `The ledger at ${dir} could not be made (status ${status}).`,
    })
}

function serverArgs(
  directories: { ledger: string; server: string },
  { port, organization }: UpOptions,
  log: Record<string, unknown>,
): string[] {
  const flags: Record<string, string> = {
    '--dir': directories.server,
    '--ledger-url': textOf(log, 'url', 'ledger'),
    '--ledger-secret-file': path.join(directories.ledger, 'credentials', 'server.secret'),
    '--ledger-vkey': textOf(log, 'vkey', 'ledger'),
    '--listen': `127.0.0.1:${port}`,
    '--organization': organization,
  }
  return ['serve', ...Object.entries(flags).flat()]
}

function textOf(ready: Record<string, unknown>, name: string, part: string): string {
  const value = optionalText(ready, name)
  if (value !== undefined) return value
  throw new BreakglassError('not_installed', {
    message: `The ${part} that is installed here is of another version: its ready line has no ${name}.`,
    data: { next: `npm install @breakglass/${part}@latest` },
  })
}

function optionalText(ready: Record<string, unknown>, name: string): string | undefined {
  const value = ready[name]
  return typeof value === 'string' ? value : undefined
}
