import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gitIn, importHistory, type MadeCommit, plainGit } from '../tests/support/git-history.ts'
import { bins } from '../tests/support/processes.ts'
import { type Line, sample, sampleByTurns } from './measure.ts'

const landings = 28_000
const million = 1_000_000
/** What `baseline` asks git for. */
const format = '%ct%n%T%n%P%n%ae%n%B'

const helpLine = 'limit: the command line that only prints its help (baseline)'

/**
 * The whole command on a history of 28 000 landings, by turns with `git log` of the same fields: with messages as long as a
 * large project's, and with messages of a line, where git itself has least to do.
 */
export async function benchBaseline(): Promise<Line[]> {
  return [
    ...(await withHistory(madeLandings(landings), directory => besideGit(directory, 'baseline: 28 000 landings'))),
    ...(await withHistory(terseLandings(landings), directory => besideGit(directory, 'baseline: 28 000 of one line'))),
    { what: helpLine, samples: await sample(10, () => breakglass(['--help']), 2) },
  ]
}

async function besideGit(directory: string, what: string): Promise<Line[]> {
  const [whole, bare] = await sampleByTurns(
    15,
    () => breakglass(['baseline', directory, '--json']),
    () => gitLog(directory),
    2,
  )
  const peer = what.replace('baseline:', 'peer: git log alone, the same fields,')
  return [
    { what, samples: whole, beside: peer, barTimes: 2 },
    { what: peer, samples: bare },
  ]
}

/** A million landings, once: how long, and how much memory the command took at its highest. */
export async function benchBaselineMillion(): Promise<Line[]> {
  return withHistory(madeLandings(million), async directory => {
    const [whole, bare] = await sampleByTurns(
      1,
      () => breakglass(['baseline', directory, '--json']),
      () => gitLog(directory),
      0,
    )
    const peer = 'peer: git log alone, the same fields, 10⁶'
    return [
      { what: 'baseline: 10⁶ landings', samples: whole, beside: peer },
      { what: peer, samples: bare },
      {
        what: 'baseline: memory at 10⁶ landings',
        samples: [],
        bytes: await highestBytes(directory),
      },
    ]
  })
}

async function withHistory(
  commits: Iterable<MadeCommit>,
  work: (directory: string) => Promise<Line[]>,
): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-bench-'))
  try {
    const directory = join(dir, 'history.git')
    await importHistory(directory, commits)
    // As a clone comes: one pack, sorted.
    gitIn(directory, 'repack', '-adq', '--depth=50', '--window=10')
    return await work(directory)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const words = 'scheduler retries lease queue builder cache index token shard replica writer probe quota stream'.split(
  ' ',
)

/** Messages as long as those of a large project, with its footers; two in a hundred go around something. */
function* madeLandings(count: number): Generator<MadeCommit> {
  const begins = 1_420_070_400
  for (let at = 0; at < count; at++) {
    const word = (salt: number) => words[(at * salt + (at >> 3)) % words.length] ?? ''
    const paragraph = Array.from({ length: 40 }, (_, n) => word(n * 7 + 3)).join(' ')
    const around = at % 50 === 0 ? ['No-Try: true'] : at % 71 === 0 ? ['TBR=owner'] : []
    const footers = [
      `Bug: ${1_000_000 + at}`,
      `Change-Id: I${at.toString(16).padStart(40, '0')}`,
      ...around,
      `Reviewed-on: https://review.example.org/c/infra/+/${at}`,
      'Reviewed-by: Some Body <some.body@example.org>',
      'Commit-Queue: Another One <another.one@example.org>',
    ]
    yield {
      message: `[${word(5)}] ${at % 97 === 0 ? 'Revert' : 'Make'} the ${word(11)} of ${word(13)} ${at}\n\n${paragraph}\n\n${footers.join('\n')}\n`,
      committedAt: begins + at * 4_000,
      author: `person-${(at * 7919) % 211}`,
      content: String(at),
    }
  }
}

function* terseLandings(count: number): Generator<MadeCommit> {
  for (let at = 0; at < count; at++) {
    const around = at % 50 === 0 ? '\n\nNo-Try: true' : ''
    yield { message: `Change ${at}${around}\n`, committedAt: 1_500_000_000 + at * 4_000, author: `person-${at % 40}` }
  }
}

const execute = promisify(execFile)
const quiet = { maxBuffer: 1 << 30 }

const breakglass = (args: readonly string[]) => execute(process.execPath, [bins.breakglass, ...args], quiet)

/** Its output goes to a pipe that is read, as the command's does; the bytes are thrown away by the reader. */
const gitLog = (directory: string) =>
  execute('sh', ['-c', 'git log -z --first-parent --format="$0" main | cat > /dev/null', format], {
    cwd: directory,
    env: plainGit,
  })

/** The command's own account of its highest resident set. */
async function highestBytes(directory: string): Promise<number> {
  const told = `process.on('exit', () => console.error('highest', process.resourceUsage().maxRSS))`
  const tell = `data:text/javascript,${encodeURIComponent(told)}`
  const { stderr } = await execute(
    process.execPath,
    ['--import', tell, bins.breakglass, 'baseline', directory, '--json'],
    {
      ...quiet,
    },
  )
  const kilobytes = /highest (\d+)/.exec(stderr)?.[1]
  if (kilobytes === undefined) throw new Error(`expected the highest resident set, found ${stderr}`)
  return Number(kilobytes) * 1024
}
