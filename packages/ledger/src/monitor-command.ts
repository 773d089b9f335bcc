import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, type Flags, optional, required } from './command.ts'
import { LedgerError } from './errors.ts'
import { exit, type Host } from './host.ts'
import { readKept, writeKept } from './monitor/kept.ts'
import { type Alarm, type Gossip, Monitor } from './monitor/round.ts'
import type { Told } from './monitor/chains.ts'
import { logFlags, openLogFrom } from './reading/log-reader.ts'
import { fetchBytes } from './reading/source.ts'

/** Between rounds, and how often everything is read anew: what was sound a day ago may have rotted since. */
const everySecondsDefault = 30
const fullEverySecondsDefault = 86_400
/** A log that is restarted is away for a moment; one that stays away is told. */
const unreachableRoundsMax = 3

export const monitorCommand: Command = {
  help: `breakglass-ledger monitor --log URL|DIR (--policy FILE | --vkey V) --state FILE [--once] …

Watches a log from outside and trusts it with nothing: every entry is hashed again under the signed root, every new tree must
continue the last one seen, every subject's chain of statements must be whole, and what others hold must belong to
the same history. Prints one JSON line an alarm ({"at","alarm","words"}) and one for each entry you asked to be told of
({"at","told"}). docs/formats/monitor.md

  --log          the log's address, its directory, or a copy of its tree/
  --policy FILE  tlog-policy: the log's key, its witnesses, the quorum;  --vkey V  the log's key alone
  --secret-file  a file with a read credential, for an address
  --state FILE   what was seen last; keep it where the log's owners cannot reach it
  --gossip X     a checkpoint somebody else holds: a file, or an address such as a witness's; several, with commas between
  --watch X      kinds of statement, leaf hashes or subjects to be told of, with commas between
  --every S      seconds between rounds (${everySecondsDefault});  --full-every S  between readings of everything (${fullEverySecondsDefault})
  --stale-after S  alarm when the newest cosignature is older
  --once         one round; exit status 1 when there was an alarm

  breakglass-ledger monitor --log https://ledger.acme.example --secret-file reader.secret --policy policy \\
    --state monitor.json --gossip https://one.witness.example/<hash>/checkpoint --watch glass.granted,trust.published
  breakglass-ledger monitor --log ./ledger --vkey V --state monitor.json --once`,
  flags: {
    ...logFlags,
    state: { type: 'string' },
    gossip: { type: 'string' },
    watch: { type: 'string' },
    every: { type: 'string' },
    'full-every': { type: 'string' },
    'stale-after': { type: 'string' },
    once: { type: 'boolean' },
  },
  async run(flags, host) {
    const watch = watchFrom(flags)
    const monitor = new Monitor(openLogFrom(flags), listOf(flags, 'gossip').map(gossipAt))
    const ending = new AbortController()
    host.onStop(() => ending.abort())
    let [fullAtMs, alarmed, unreachable] = [host.now(), false, 0]
    while (!ending.signal.aborted) {
      if (host.now() - fullAtMs >= watch.fullEveryMs) {
        monitor.startOver()
        fullAtMs = host.now()
      }
      const round = await oneRound(monitor, watch, host)
      unreachable = round.every(({ alarm }) => alarm === 'unreachable') && round.length > 0 ? unreachable + 1 : 0
      const isPatient = !watch.once && unreachable > 0 && unreachable < unreachableRoundsMax
      if (!isPatient) for (const each of round) say(host, each)
      alarmed ||= round.length > 0
      if (watch.once) break
      await delay(watch.everyMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
    return watch.once && alarmed ? exit.no : exit.ok
  },
}

interface Watch {
  state: string
  tellOf: ReadonlySet<string>
  everyMs: number
  fullEveryMs: number
  staleAfterMs: number | undefined
  once: boolean
}

async function oneRound(monitor: Monitor, watch: Watch, host: Host): Promise<Alarm[]> {
  const kept = readKept(watch.state)
  const { alarms, told, kept: next, cosignedAtMs } = await monitor.look(kept)
  // Only what is new since the state: a process that starts again reads everything anew, and has told of it before.
  const news = told.filter(each => each.index >= (kept?.size ?? 0) && isAskedFor(each, watch.tellOf))
  for (const each of news) say(host, { told: each })
  // Kept after it was told: what a crash comes between is told twice, and never not at all.
  if (next !== undefined && next.note !== kept?.note) writeKept(watch.state, next)
  if (kept === undefined && next !== undefined) say(host, { event: 'first_look', size: next.size, root: next.root })
  const age = cosignedAtMs === undefined ? undefined : host.now() - cosignedAtMs
  if (watch.staleAfterMs === undefined || age === undefined || age <= watch.staleAfterMs) return alarms
  return [...alarms, { alarm: 'stale', words: `the newest cosignature is ${Math.round(age / 1000)} s old` }]
}

const isAskedFor = ({ kind, leaf, subject, sid }: Told, asked: ReadonlySet<string>): boolean =>
  [kind, leaf, subject, sid].some(name => asked.has(name))

function watchFrom(flags: Flags): Watch {
  const staleAfter = optional(flags, 'stale-after')
  return {
    state: resolve(required(flags, 'state')),
    tellOf: new Set(listOf(flags, 'watch')),
    everyMs: secondsOf(flags, 'every', everySecondsDefault) * 1000,
    fullEveryMs: secondsOf(flags, 'full-every', fullEverySecondsDefault) * 1000,
    staleAfterMs: staleAfter === undefined ? undefined : secondsOf(flags, 'stale-after', 0) * 1000,
    once: flags['once'] === true,
  }
}

const listOf = (flags: Flags, name: string): string[] =>
  (optional(flags, name) ?? '').split(',').filter(item => item !== '')

function secondsOf(flags: Flags, name: string, otherwise: number): number {
  const text = optional(flags, name)
  if (text === undefined) return otherwise
  const seconds = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : undefined
  if (seconds !== undefined) return seconds
  throw new LedgerError('bad_usage', `expected --${name} to be whole seconds from 1 on, found ${text}`)
}

function gossipAt(where: string): Gossip {
  const isAddress = /^https?:\/\//.test(where)
  const note = async (): Promise<string | undefined> => {
    if (!isAddress) return readFileSync(where, 'utf8')
    const bytes = await fetchBytes(where)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  }
  return { where, note }
}

function say(host: Host, event: object): void {
  host.out(JSON.stringify({ at: new Date(host.now()).toISOString(), ...event }))
}
