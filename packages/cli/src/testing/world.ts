import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { entries } from '../commands/registry.ts'
import type { Context, Sink } from '../framework/context.ts'
import { runCli } from '../framework/run.ts'
import { createFakeServer, type FakeServer, type Handlers } from './fake-server.ts'

/** A whole outside for commands, in process: a directory of its own, a clock that moves when somebody sleeps, a server. */
export interface World {
  directory: string
  env: Record<string, string>
  server: FakeServer
  nowMs: number
  /** Called at each sleep, before time moves on: how a test lets the world go on. */
  onSleep: (() => void) | undefined
  /** What Ctrl-C would do now; `undefined` when it would end the process. */
  interrupt: (() => void) | undefined
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>
  remove(): void
}

export interface RunOptions {
  /** As at a terminal, so many columns wide. */
  terminal?: number
  /** What a person types, one line a question. */
  typed?: readonly string[]
  /** What is piped in. */
  stdin?: string
  cwd?: string
}

export interface Ran {
  exit: number
  stdout: string
  stderr: string
}

export const nowMsDefault = Date.parse('2026-11-23T12:00:00.000Z')

export function createWorld(handlers: Handlers = {}): World {
  const directory = mkdtempSync(path.join(tmpdir(), 'breakglass-cli-'))
  const world: World = {
    directory,
    env: {
      HOME: directory,
      PATH: process.env['PATH'] ?? '',
      BREAKGLASS_SERVER: 'http://127.0.0.1:7117',
      BREAKGLASS_TOKEN: 'bgp_test',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: directory,
    },
    server: createFakeServer(handlers, () => world.nowMs),
    nowMs: nowMsDefault,
    onSleep: undefined,
    interrupt: undefined,
    run: (argv, options = {}) => run(world, argv, options),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
  return world
}

async function run(world: World, argv: readonly string[], options: RunOptions): Promise<Ran> {
  const stdout = createSink(options.terminal)
  const stdin = Object.assign(new PassThrough(), { isTTY: options.terminal !== undefined })
  const stderr = createSink(options.terminal, typist(stdin, options.typed ?? []))
  if (options.stdin !== undefined) stdin.end(options.stdin)
  const context: Context = {
    argv,
    env: world.env,
    cwd: options.cwd ?? world.directory,
    stdin,
    stdout: stdout.sink,
    stderr: stderr.sink,
    now: () => world.nowMs,
    fetch: world.server.fetch,
    async sleep(milliseconds) {
      world.onSleep?.()
      world.nowMs += milliseconds
    },
    onInterrupt(handler) {
      world.interrupt = handler
      return () => {
        world.interrupt = undefined
      }
    },
  }
  const exit = await runCli(context, entries, '0.0.0-test')
  const [defect] = world.server.defects
  if (defect !== undefined) throw defect
  return { exit, stdout: stdout.text(), stderr: stderr.text() }
}

function createSink(columns: number | undefined, onWrite: (text: string) => void = () => undefined) {
  let text = ''
  const sink: Sink = {
    write(part) {
      text += part
      onWrite(part)
      return true
    },
    ...(columns === undefined ? {} : { isTTY: true, columns }),
  }
  return { sink, text: () => text }
}

/** Types the next line each time a question mark is shown at the end of what was written. */
function typist(stdin: PassThrough, lines: readonly string[]): (text: string) => void {
  const left = [...lines]
  return text => {
    if (!/(\?|\)) $/.test(text)) return
    const line = left.shift()
    if (line !== undefined) setImmediate(() => stdin.write(`${line}\r`))
  }
}
