import path from 'node:path'
import { facts, style } from '@breakglass/report'
import { defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { type Child, forwardSignals, statusOf } from '../launch/child.ts'
import { type RunningUp, startUp } from '../launch/up.ts'

const dirDefault = 'breakglass-data'
const portDefault = 7117
const stopMs = 10_000

export const command = defineCommand({
  positionals: [],
  options: {
    dir: { type: 'text', value: 'DIR', summary: `where everything is kept; absent: ./${dirDefault}` },
    port: { type: 'number', summary: `of the dashboard and the API, on this machine only; absent: ${portDefault}` },
    organization: {
      type: 'text',
      value: 'NAME',
      summary: 'at the first start: what to call it; absent: the directory’s name',
    },
  },
  notes: [
    'Starts the ledger and the server on this machine and stays in the foreground. Good for a first look.',
    'A log on the same machine is not out-of-band: who owns the machine can rewrite both. Put the ledger elsewhere before you rely on it.',
  ],
  examples: [
    { line: 'breakglass up', words: 'everything below ./breakglass-data' },
    { line: 'breakglass up --dir /srv/breakglass --port 8080 --organization acme', words: 'elsewhere' },
  ],
  exits: [1, 6],
  async run(context, { options: { dir = dirDefault, port = portDefault, organization } }) {
    if (port > 65_535) throw usageError(`--port is at most 65535; found ${port}.`)
    const full = path.resolve(context.cwd, dir)
    const children: Child[] = []
    const release = forwardSignals(() => children)
    try {
      const name = organization ?? (path.basename(context.cwd) || 'breakglass')
      const running = await startUp(context, { dir: full, port, organization: name }, child => children.push(child))
      if (context.out.json) context.out.document(documentOf(running, full))
      context.out.lines(...readyLines(running, full))
      return await untilOneEnds(children)
    } finally {
      await stopAll(children)
      release()
    }
  },
})

function documentOf({ url, adminLink, trust, ledgerUrl }: RunningUp, dir: string): Record<string, unknown> {
  return { ready: true, url, adminLink, trust, ledgerUrl, dir, outOfBand: false }
}

function readyLines({ url, adminLink, trust, ledgerUrl }: RunningUp, dir: string): string[] {
  return [
    style.bold('Breakglass is up.'),
    ...facts([
      ['dashboard', url],
      [
        'first administrator',
        adminLink === undefined
          ? undefined
          : `${adminLink}\nworks once, within 15 minutes; or: breakglass login '${adminLink}'`,
      ],
      ['trust.json', `${trust}\npin this at enforcement points and verifiers; never fetch it there`],
      [
        'ledger',
        `${ledgerUrl}\non this same machine: NOT out-of-band yet. Whoever owns this machine could rewrite both.`,
      ],
      ['data', dir],
    ]),
    'Ctrl-C stops everything.',
  ]
}

/** Nothing is started again: a part that ends is a fault to look at, and its status becomes ours. */
async function untilOneEnds(children: readonly Child[]): Promise<ExitCode> {
  const ended = await Promise.race(children.map(({ ended }) => ended))
  const status = statusOf(ended)
  const wasAsked = status === 130 || status === 143
  return (wasAsked ? 0 : status) as ExitCode // mirrored as it is
}

/** The server first would do, but each also ends when our channel to it closes. */
async function stopAll(children: readonly Child[]): Promise<void> {
  for (const { process } of children)
    if (process.exitCode === null && process.signalCode === null) process.kill('SIGTERM')
  const timer = setTimeout(() => {
    for (const { process } of children) process.kill('SIGKILL')
  }, stopMs)
  await Promise.allSettled(children.map(({ ended }) => ended))
  clearTimeout(timer)
}
