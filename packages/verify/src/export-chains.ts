import { encodeHex } from './bytes.ts'
import { type Fault, fault } from './fault.ts'
import type { Sound } from './judge.ts'

interface Placed {
  at: string
  sound: Sound
}

/**
 * docs/formats/statement.md "Payload": within a subject `seq` counts and `prev` names the statement before. A gap is no
 * fault, for an export may be a part; what stands beside each other must fit. Codes: `broken_chain`, `bad_checkpoint`.
 */
export function checkChains(entries: readonly Placed[]): Fault[] {
  const subjects = Map.groupBy(entries, ({ sound }) => sound.statement.envelope.subject)
  return [...[...subjects.values()].flatMap(checkSubject), ...checkOneTree(entries)]
}

function checkSubject(entries: readonly Placed[]): Fault[] {
  const inOrder = [...entries].sort((a, b) => seqOf(a) - seqOf(b))
  return inOrder.flatMap((entry, position) => {
    const before = inOrder[position - 1]
    return before === undefined ? [] : checkPair(before, entry)
  })
}

function checkPair(before: Placed, entry: Placed): Fault[] {
  const at = `${entry.at}.statement`
  // The same statement twice says nothing new.
  if (before.sound.leaf === entry.sound.leaf) return []
  if (seqOf(before) === seqOf(entry)) {
    return [fault('broken_chain', `${at}.seq`, 'each seq of a subject once', `${seqOf(entry)} in ${before.at} too`)]
  }
  const faults: Fault[] = []
  const { prev } = entry.sound.statement.envelope
  if (seqOf(entry) === seqOf(before) + 1 && prev !== before.sound.leaf) {
    faults.push(fault('broken_chain', `${at}.prev`, before.sound.leaf, prev ?? 'nothing'))
  }
  const sameLog = entry.sound.checkpoint.origin === before.sound.checkpoint.origin
  if (sameLog && entry.sound.index <= before.sound.index) {
    const expected = `an index after ${before.sound.index}, where seq ${seqOf(before)} lies`
    faults.push(fault('broken_chain', `${entry.at}.proof.index`, expected, String(entry.sound.index)))
  }
  return faults
}

/** Two signed roots of one size are proof of a fork: the ledger has shown different trees to different people. */
function checkOneTree(entries: readonly Placed[]): Fault[] {
  const roots = new Map<string, string>()
  const faults: Fault[] = []
  for (const { at, sound } of entries) {
    const { origin, size, root } = sound.checkpoint
    const tree = `${origin} ${size}`
    const found = encodeHex(root)
    const first = roots.get(tree)
    if (first === undefined) roots.set(tree, found)
    else if (first !== found) {
      faults.push(fault('bad_checkpoint', `${at}.proof.checkpoint`, `root ${first} at size ${size}, as before`, found))
    }
  }
  return faults
}

function seqOf({ sound }: Placed): number {
  return sound.statement.envelope.seq
}
