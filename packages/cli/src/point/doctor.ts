import { BreakglassError } from '@breakglass/core/errors'
import { type BundleVerdict, readBundle } from './bundle.ts'
import { clockSkewMsMax, gateTime } from './clock.ts'
import type { Git } from './git.ts'
import { modeProblems } from './home.ts'
import { expectedHook, hookState } from './hook-file.ts'
import { numberOf, textOf } from './journal.ts'
import { readMemory } from './memory.ts'
import { plain } from './plain.ts'
import type { Point } from './point.ts'
import { instantToMs, msToInstant } from '@breakglass/verify'
import { openSplits, wordsOfSplit } from './splits.ts'
import { spoolEventsMax, spoolLength } from './spool.ts'
import { type Tree, trunks, unjoinedSince } from './trees.ts'

/** One line of the doctor. A `warning` leaves the gate working as it should; a `problem` does not. */
export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'problem'
  words: string
  remedy?: string
  /** What a person needs verbatim, such as the notes of a ledger with two faces. */
  exhibits?: string[]
}

const askMsMax = 5_000

/** Looks at everything that must be right for the point to keep its gates, and says how to mend what is not. */
export async function examine(point: Point, git: Git | undefined): Promise<Finding[]> {
  const server = await serverFindings(point)
  return [
    ...(git === undefined ? [] : hookFindings(point, git)),
    modeFinding(point),
    bundleFinding(point),
    ...server,
    ...ledgerFindings(point),
    spoolFinding(point),
    journalFinding(point),
    enforcementFinding(point),
  ]
}

function hookFindings(point: Point, git: Git): Finding[] {
  const expected = expectedHook(point.journal)
  const hook: Finding =
    expected === undefined
      ? problem('hook', 'no hook was installed by this point', 'breakglass hook install')
      : hookFinding(git, expected)
  const advertised = git.config('receive.advertisePushOptions')
  const options =
    advertised === 'true'
      ? ok('push options', 'git takes push options, so grants can be handed over')
      : problem('push options', 'git does not take push options', 'git config receive.advertisePushOptions true')
  return [hook, options, pusherFinding(point)]
}

/** Not knowing it keeps no gate from working; it keeps the numbers from knowing people. */
function pusherFinding({ home: { config } }: Point): Finding {
  const { pusher } = config
  if (pusher === undefined)
    return ok('pushers', 'nobody is known by name: the numbers here show no people and no teams')
  return ok('pushers', `known by ${pusher.variable}, whose names ${pusher.issuer} vouches for`)
}

function hookFinding(git: Git, expected: string): Finding {
  const found = hookState(git, expected)
  if (found.state === 'intact') return ok('hook', `${found.path} is what was installed`)
  return problem('hook', found.words, 'find out who changed it and why, then breakglass hook install again')
}

function modeFinding(point: Point): Finding {
  const problems = modeProblems(point.home.dir)
  if (problems.length === 0) return ok('files', `${point.home.dir} is for its owner alone`)
  const words = problems.map(({ path, found }) => `${path} is ${found.toString(8)}`).join(', ')
  const remedy = problems.map(({ path, wanted }) => `chmod ${wanted.toString(8)} ${path}`).join(' && ')
  return problem('files', words, remedy)
}

function bundleFinding(point: Point): Finding {
  const bundle: BundleVerdict = readBundle(point.home, point.journal)
  const sync = `breakglass hook sync --point ${point.home.dir}`
  if (!bundle.ok) return problem('program', bundle.words, sync)
  const { accepted } = bundle
  const gates = Object.keys(accepted.program.gates).length
  const words = `version ${accepted.version} with ${gates} gates, at index ${accepted.index} of the ledger`
  const ageMs = point.now() - readMemory(point.journal).bundleAskedAtMs
  if (ageMs <= dayMs) return ok('program', words)
  return { check: 'program', state: 'warning', words: `${words}; not asked for a newer one for a day`, remedy: sync }
}

const dayMs = 86_400_000

async function serverFindings(point: Point): Promise<Finding[]> {
  const sentMs = point.now()
  try {
    const health = await point.server.health(askMsMax)
    const server = { nowMs: instantToMs(health.now), sentMs, receivedMs: point.now() }
    const reachable =
      health.organization === point.home.config.organization
        ? ok('server', `${point.home.config.server} answers`)
        : problem('server', `${point.home.config.server} is of another organisation`, 'install the point anew')
    return [reachable, clockFinding(point, server), await trustFinding(point)]
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    const words = `${plain(cause.message)} Receipts that are held here and offline grants still open; all else stays closed.`
    return [problem('server', words, 'see whether the server runs and can be reached from here'), clockFinding(point)]
  }
}

function clockFinding(point: Point, server?: { nowMs: number; sentMs: number; receivedMs: number }): Finding {
  const { verifiedAtMs } = readMemory(point.journal)
  const time = gateTime({ ownMs: point.now(), verifiedMs: verifiedAtMs, ...(server !== undefined && { server }) })
  if (time.ok)
    return ok(
      'clock',
      `within ${clockSkewMsMax / 1000} s of ${server === undefined ? 'what was verified' : "the server's"}`,
    )
  return problem('clock', time.words, 'set the clock, and keep it set (NTP)')
}

async function trustFinding(point: Point): Promise<Finding> {
  try {
    const newest = await point.server.getTrust(askMsMax)
    if (newest === point.home.trustText) return ok('trust', "trust.json is pinned and is the server's newest")
    const words = 'the server has another trust.json than the one pinned here, which stays in force'
    const install = { git_hook: 'hook install', ci: 'gate install', github: 'github install' }[point.home.config.kind]
    const remedy = `get the new one by a way that is not the server, compare, and breakglass ${install} --trust <file>`
    return { check: 'trust', state: 'warning', words, remedy }
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return { check: 'trust', state: 'warning', words: `pinned; not compared: ${plain(cause.message)}` }
  }
}

/** docs/formats/point-journal.md "What a point remembers of the ledger". */
function ledgerFindings(point: Point): Finding[] {
  const { journal, home } = point
  const splits = openSplits(journal)
  if (splits.length > 0) {
    const remedy = `keep ${home.dir} as it is, it is the evidence; show both notes to those who run the ledger and its witnesses; when they have found which tree is true: breakglass point end ${home.config.id}, move the directory away, install anew`
    return splits.map(split => ({
      ...problem('ledger', `${wordsOfSplit(split)}; every gate here stays closed`, remedy),
      exhibits: [split.held.note, split.found.note],
    }))
  }
  const { count, sinceMs } = unjoinedSince(journal)
  if (count === 0) return [ok('ledger', sizesWords(trunks(journal)))]
  const words = `${count} trees of the ledger were taken without a proof that they continue what this point remembers, the first at ${msToInstant(sinceMs)}`
  const remedy = `breakglass hook sync --point ${home.dir}; if it stays, see whether the ledger answers the server`
  const state = point.now() - sinceMs > dayMs ? 'problem' : 'warning'
  return [{ check: 'ledger', state, words, remedy }]
}

function sizesWords(trees: readonly Tree[]): string {
  if (trees.length === 0) return 'nothing of the ledger was seen yet'
  return `one history up to ${trees.map(({ origin, size }) => `${size} entries of ${origin}`).join(', ')}`
}

function spoolFinding(point: Point): Finding {
  const waiting = spoolLength(point.journal)
  if (waiting === 0) return ok('events', 'the server has been told everything')
  const words = `${waiting} events wait for the server`
  const remedy = `breakglass hook sync --point ${point.home.dir}`
  if (waiting >= spoolEventsMax) return problem('events', `${words}, and no further gate opens`, remedy)
  return { check: 'events', state: 'warning', words, remedy }
}

function journalFinding(point: Point): Finding {
  const result = textOf(point.journal.get('pragma integrity_check'), 'integrity_check')
  const isFull = numberOf(point.journal.get('pragma synchronous'), 'synchronous') === 2
  if (result === 'ok' && isFull) return ok('journal', 'sound, and written through to the disk')
  return problem(
    'journal',
    `the journal is damaged: ${plain(result)}`,
    'restore nothing: end this point and install another',
  )
}

function enforcementFinding(point: Point): Finding {
  const { enforcement, id } = point.home.config
  const words =
    enforcement === 'enforced'
      ? `${id} is enforced: whoever pushes cannot go around it`
      : `${id} is cooperative: who can edit the job can go around it`
  return ok('enforcement', words)
}

export function ok(check: string, words: string): Finding {
  return { check, state: 'ok', words }
}

export function problem(check: string, words: string, remedy: string): Finding {
  return { check, state: 'problem', words, remedy }
}
