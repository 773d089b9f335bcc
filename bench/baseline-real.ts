import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { plainGit } from '../tests/support/git-history.ts'
import { bins } from '../tests/support/processes.ts'

/**
 * `node bench/baseline-real.ts <clone or bundle> …`, or the same in BREAKGLASS_BENCH_HISTORIES: runs `breakglass baseline` on
 * real histories, prints its report, and holds every count of every year against what git itself finds with `--grep`. Ends
 * with 1 where they differ. A bundle is cloned with `-b main` and removed again.
 */
function main(given: readonly string[]): number {
  const named = given.length > 0 ? given : (process.env['BREAKGLASS_BENCH_HISTORIES'] ?? '').split(delimiter)
  const present = named.filter(path => path !== '' && existsSync(path))
  for (const path of named) if (path !== '' && !present.includes(path)) console.error(`${path} is not here: left out`)
  if (present.length === 0) {
    console.error('Name clones or bundles, or set BREAKGLASS_BENCH_HISTORIES.')
    return 2
  }
  const dir = mkdtempSync(join(tmpdir(), 'breakglass-real-'))
  try {
    return present.map(path => (agrees(path, dir) ? 0 : 1)).includes(1) ? 1 : 0
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Report {
  source: { head: string }
  mapping: { name: string }
  landings: number
  gates: { name: string; years: Year[] }[]
}
interface Year {
  year: number
  passages: number
  bypassed: number
  rollbacks: number
}

function agrees(path: string, dir: string): boolean {
  const clone = statSync(path).isFile() ? cloneOf(path, dir) : path
  const began = performance.now()
  console.log(execFileSync(process.execPath, [bins.breakglass, 'baseline', clone], { encoding: 'utf8' }))
  const tookMs = performance.now() - began
  const report: Report = JSON.parse(
    execFileSync(process.execPath, [bins.breakglass, 'baseline', clone, '--json'], { encoding: 'utf8', ...large }),
  )
  const { head } = report.source
  const differences = report.gates.flatMap(gate => differencesOf(gate, clone, head))
  const landings = Number(git(clone, 'rev-list', '--first-parent', '--count', head))
  if (landings !== report.landings) differences.push(`landings: ${report.landings}, and git says ${landings}`)
  const counted = report.gates.length === 0 ? 'no gate was found' : `${report.gates.length} gates by year`
  console.log(
    `${basename(path)}: ${landings} landings in ${tookMs.toFixed(0)} ms as ${report.mapping.name}, ${counted}:`,
  )
  console.log(differences.length === 0 ? '  every count is what git finds\n' : `  ${differences.join('\n  ')}\n`)
  return differences.length === 0
}

function cloneOf(bundle: string, dir: string): string {
  const clone = join(dir, basename(bundle, '.bundle'))
  execFileSync('git', ['clone', '-q', '--bare', '-b', 'main', bundle, clone], { env: plainGit })
  return clone
}

/** The same marks in another tongue: extended regular expressions on lines of the message, without regard to case. */
const marks: Readonly<Record<string, readonly string[]>> = {
  tryjobs: ['--grep=^(no-try|notry)[:=][[:space:]]*true[[:space:]]*$'],
  presubmit: ['--grep=^(no-presubmit|nopresubmit)[:=][[:space:]]*true[[:space:]]*$'],
  tree: ['--grep=^(no-tree-checks|notreechecks)[:=][[:space:]]*true[[:space:]]*$'],
  owners: ['--grep=^(tbr|owners-override)[:=][[:space:]]*[^[:space:]]'],
  trybots: ['--grep=^trybot-bypass[:=][[:space:]]*[^[:space:]]'],
  review: ['--invert-grep', '--grep=^reviewed-by[:=][[:space:]]*[^[:space:]]'],
}

function differencesOf({ name, years }: Report['gates'][number], clone: string, head: string): string[] {
  const mark = marks[name]
  if (mark === undefined) return [`${name}: there is no count of git’s own beside it`]
  const passages = byYear(clone, head, [])
  const bypassed = byYear(clone, head, mark)
  return years.flatMap(({ year, ...ours }) => {
    const theirs = {
      passages: passages.get(year)?.all ?? 0,
      bypassed: bypassed.get(year)?.all ?? 0,
      rollbacks: bypassed.get(year)?.reverts ?? 0,
    }
    return (['passages', 'bypassed', 'rollbacks'] as const).flatMap(what =>
      ours[what] === theirs[what] ? [] : [`${name} ${year} ${what}: ${ours[what]}, and git says ${theirs[what]}`],
    )
  })
}

function byYear(clone: string, head: string, mark: readonly string[]): Map<number, { all: number; reverts: number }> {
  const format = ['--format=%cd %s', '--date=format-local:%Y']
  const lines = git(clone, 'log', '--first-parent', '-E', '-i', ...mark, ...format, head).split('\n')
  const years = new Map<number, { all: number; reverts: number }>()
  for (const line of lines.filter(each => each !== '')) {
    const count = years.get(Number(line.slice(0, 4))) ?? { all: 0, reverts: 0 }
    years.set(Number(line.slice(0, 4)), count)
    count.all += 1
    if (line.startsWith('Revert', 5)) count.reverts += 1
  }
  return years
}

const large = { maxBuffer: 1 << 30 }

const git = (clone: string, ...args: readonly string[]) =>
  execFileSync('git', args, { cwd: clone, env: { ...plainGit, TZ: 'UTC' }, encoding: 'utf8', ...large })

process.exitCode = main(process.argv.slice(2))
