import path from 'node:path'
import { facts, style } from '@breakglass/report'
import { defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { type Child, onSignals, statusOf, stopChild } from '../launch/child.ts'
import { type RunningUp, startUp } from '../launch/up.ts'

const dirDefault = 'breakglass-data'
const portDefault = 7117

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
    const asked = Promise.withResolvers<'asked to stop'>()
    const release = onSignals(() => asked.resolve('asked to stop'))
    try {
      const name = organization ?? (path.basename(context.cwd) || 'breakglass')
      const starting = startUp(context, { dir: full, port, organization: name }, child => children.push(child))
      const running = await Promise.race([starting, asked.promise])
      if (running === 'asked to stop') return 0
      if (context.out.json) context.out.document(documentOf(running, full))
      context.out.lines(...readyLines(running, full))
      return await untilOneEnds(children, asked.promise)
    } finally {
      // The server first: it still has things to tell the ledger.
      for (const child of children.toReversed()) await stopChild(child)
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

/** Nothing is started again: a part that ends unasked is a fault to look at, and its status becomes ours. */
async function untilOneEnds(children: readonly Child[], asked: Promise<'asked to stop'>): Promise<ExitCode> {
  const ended = await Promise.race([asked, ...children.map(({ ended }) => ended)])
  if (ended === 'asked to stop') return 0
  return (statusOf(ended) || 1) as ExitCode // mirrored as it is
}
