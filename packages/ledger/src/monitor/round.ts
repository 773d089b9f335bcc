import {
  checkConsistency,
  consistencyProof,
  decodeBase64,
  encodeHex,
  openCheckpoint,
  parseTrustPolicy,
  sameBytes,
  tileWidth,
  type VerifiedCheckpoint,
} from '@breakglass/verify'
import { LedgerError, messageOf } from '../errors.ts'
import { type LogReader, readCheckpoint, readTree } from '../reading/log-reader.ts'
import type { VerifiedTree } from '../reading/verified-tree.ts'
import { Chains, type Told } from './chains.ts'
import { type Kept, keptOf } from './kept.ts'

export type AlarmCode =
  | 'unreachable'
  | 'not_verified'
  | 'rolled_back'
  | 'split'
  | 'broken_chain'
  | 'gossip_unreadable'
  | 'behind'
  | 'stale'

/** Something a person must look at. `notes` are the checkpoints that prove it, verbatim. */
export interface Alarm {
  alarm: AlarmCode
  words: string
  notes?: string[]
}

/** A checkpoint that somebody else holds: a gate, a witness, another monitor. */
export interface Gossip {
  where: string
  note(): Promise<string | undefined>
}

export interface RoundResult {
  alarms: Alarm[]
  told: Told[]
  /** What to keep from now on; as before when this round cannot be believed. */
  kept: Kept | undefined
  /** The newest of the cosignatures on the checkpoint, ms; absent when it has none that are known. */
  cosignedAtMs?: number
}

/**
 * One look at a log. It keeps what the chains were, in memory: the first round of a process reads every entry, later
 * rounds the new ones.
 */
export class Monitor {
  readonly #reader: LogReader
  readonly #gossip: readonly Gossip[]
  #chains = new Chains()
  /** Entries below have been read and hashed by this process. */
  #read = 0

  constructor(reader: LogReader, gossip: readonly Gossip[]) {
    this.#reader = reader
    this.#gossip = gossip
  }

  /** The next round reads every entry anew. */
  startOver(): void {
    this.#chains = new Chains()
    this.#read = 0
  }

  async look(
    kept: Kept | undefined,
    progress: (read: number, size: number) => void = () => undefined,
  ): Promise<RoundResult> {
    let seen: { checkpoint: VerifiedCheckpoint; tree: VerifiedTree }
    try {
      seen = await readTree(this.#reader)
    } catch (error) {
      return { alarms: [alarmOf(error)], told: [], kept }
    }
    const { checkpoint, tree } = seen
    const disagreement = await this.#compare(kept, checkpoint, tree)
    // Another history: nothing of it is read, and what was kept stays.
    if (disagreement !== undefined) return { alarms: [disagreement], told: [], kept }
    const alarms: Alarm[] = []
    const told: Told[] = []
    try {
      await this.#readEntries(checkpoint.size, tree, { alarms, told, progress })
    } catch (error) {
      return { alarms: [...alarms, alarmOf(error)], told, kept }
    }
    for (const each of this.#gossip) alarms.push(...(await this.#hear(each, checkpoint, tree)))
    const times = checkpoint.cosignatures.map(({ timeSeconds }) => timeSeconds * 1000)
    const cosigned = times.length === 0 ? {} : { cosignedAtMs: times.reduce((a, b) => Math.max(a, b)) }
    return { alarms, told, kept: keptOf(checkpoint), ...cosigned }
  }

  async #compare(kept: Kept | undefined, now: VerifiedCheckpoint, tree: VerifiedTree): Promise<Alarm | undefined> {
    if (kept === undefined) return undefined
    const root = decodeBase64(kept.root)
    if (root === undefined || kept.origin !== now.origin) {
      return {
        alarm: 'split',
        words: `kept a checkpoint of ${kept.origin}, and this log is ${now.origin}`,
        notes: [kept.note, now.note],
      }
    }
    return await joins({ size: kept.size, root, note: kept.note, where: 'kept here' }, now, tree)
  }

  async #readEntries(
    size: number,
    tree: VerifiedTree,
    { alarms, told, progress }: { alarms: Alarm[]; told: Told[]; progress: (read: number, size: number) => void },
  ): Promise<void> {
    for (let bundle = Math.floor(this.#read / tileWidth); bundle * tileWidth < size; bundle++) {
      const begin = bundle * tileWidth
      const entries = await tree.bundle(bundle)
      for (const [at, entry] of entries.entries()) {
        if (begin + at < this.#read) continue
        const { told: one, broken } = this.#chains.take(begin + at, entry)
        if (one !== undefined) told.push(one)
        if (broken === undefined) continue
        const words = `entry ${broken.index} continues ${broken.subject} wrongly: expected ${broken.expected}, found ${broken.found}`
        alarms.push({ alarm: 'broken_chain', words })
      }
      this.#read = begin + entries.length
      progress(this.#read, size)
    }
  }

  async #hear({ where, note }: Gossip, now: VerifiedCheckpoint, tree: VerifiedTree): Promise<Alarm[]> {
    try {
      const text = await note()
      // A witness that has never seen the log has nothing to say.
      if (text === undefined) return []
      const opened = openCheckpoint(text, logAlone(this.#reader, now.origin))
      if (!opened.ok) {
        const words = `${where} holds no checkpoint of ${now.origin}: ${opened.faults.map(({ code }) => code).join(', ')}`
        return [{ alarm: 'gossip_unreadable', words }]
      }
      const alarm = await joins({ ...opened.value, where }, now, tree)
      // The log may have grown between the two questions; then the next round holds them against each other.
      const isLate = alarm?.alarm === 'behind' && (await readCheckpoint(this.#reader)).size >= opened.value.size
      return alarm === undefined || isLate ? [] : [alarm]
    } catch (error) {
      return [{ alarm: 'gossip_unreadable', words: `${where}: ${messageOf(error)}` }]
    }
  }
}

interface Held {
  size: number
  root: Uint8Array
  note: string
  where: string
}

/** Whether what somebody holds is a beginning of the tree shown now. */
async function joins(held: Held, now: VerifiedCheckpoint, tree: VerifiedTree): Promise<Alarm | undefined> {
  const notes = [held.note, now.note]
  if (held.size > now.size) {
    const isOwn = held.where === 'kept here'
    const words = `a tree of ${held.size} entries is ${held.where}, and the log shows ${now.size}`
    return { alarm: isOwn ? 'rolled_back' : 'behind', words, notes }
  }
  const holds =
    held.size === now.size
      ? sameBytes(held.root, now.root)
      : held.size === 0 ||
        checkConsistency(
          held.size,
          now.size,
          await tree.with(read => consistencyProof(held.size, now.size, read)),
          held.root,
          now.root,
        )
  if (holds) return undefined
  const words = `two histories: the tree of ${held.size} entries ${held.where} (root ${encodeHex(held.root)}) is no beginning of the one of ${now.size} (root ${encodeHex(now.root)}) that the log shows`
  return { alarm: 'split', words, notes }
}

/** What others hold need not be cosigned to prove a split: the log's own signature does. */
function logAlone({ policy }: LogReader, origin: string) {
  const lines = policy.logs.filter(({ key }) => key.name === origin).map(({ key }) => `log ${key.vkey}\n`)
  const alone = parseTrustPolicy(`${lines.join('')}quorum none\n`)
  if (!alone.ok) throw new TypeError('expected the log of a policy to make a policy')
  return alone.value
}

function alarmOf(error: unknown): Alarm {
  const isUnreachable = !(error instanceof LedgerError) || error.code === 'unreachable'
  return { alarm: isUnreachable ? 'unreachable' : 'not_verified', words: messageOf(error) }
}
