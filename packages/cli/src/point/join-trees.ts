import { BreakglassError } from '@breakglass/core/errors'
import { decodeBase64, openCheckpoint, type VerifiedCheckpoint } from '@breakglass/verify'
import type { Point } from './point.ts'
import { type ConsistencyReply, evidenceMsMax } from './server.ts'
import { openSplits, tellSplits } from './splits.ts'
import { inOrder, joinTree, largestTree, type Pair, rememberTree, standingOf, trunks, unjoinedTrees } from './trees.ts'

/** Each is a question: what remains is asked for at the next contact. */
const joinsPerContact = 16

/**
 * Asks the server for the consistency proofs that are lacking, and checks them (docs/formats/point-journal.md "What a point
 * remembers of the ledger"). A proof that nobody gives leaves a tree as it is; one that does not hold closes the gates.
 */
export async function joinTrees(point: Point, timeoutMs = evidenceMsMax): Promise<void> {
  // All against the tree that was the largest at the beginning: those are the proofs that a server can have ready.
  const largest = trunks(point.journal)
  for (const tree of unjoinedTrees(point.journal, joinsPerContact)) {
    const trunk = largest.find(({ origin }) => origin === tree.origin)
    if (trunk === undefined) continue
    const answer = await askProof(point, { trunk, tree }, timeoutMs)
    if (answer === 'nobody') return
    if (answer !== undefined) joinTree(point, { trunk, tree }, answer)
  }
}

/** Remembers a tree that came from the server and joins it at once. `joined` only then may what it shows take effect. */
export async function takeTree(
  point: Point,
  checkpoint: VerifiedCheckpoint,
  timeoutMs?: number,
): Promise<'joined' | 'unjoined' | 'split'> {
  if (rememberTree(point, checkpoint) === 'unjoined') await joinTrees(point, timeoutMs)
  if (openSplits(point.journal).length > 0) return 'split'
  return standingOf(point.journal, checkpoint) === 'joined' ? 'joined' : 'unjoined'
}

/** `older`: what was shown as newest is smaller than a tree that is remembered. `unknown`: nobody said. */
export type Newest = 'current' | 'older' | 'unknown'

/** Moves the memory on to the newest checkpoint of each log it knows, and joins what waits. */
export async function catchUp(point: Point, timeoutMs = evidenceMsMax): Promise<Newest> {
  point.journal.inTransaction(() => tellSplits(point, point.now()))
  let newest: Newest = 'unknown'
  for (const trunk of trunks(point.journal)) {
    const { origin, size: from } = trunk
    // As it was before the question: another push may show a newer tree while the answer is on its way.
    const largest = largestTree(point.journal, origin)
    const reply = await ask(point, { origin, from }, timeoutMs)
    if (reply === 'nobody') return newest
    const opened = openCheckpoint(reply?.checkpoint ?? '', point.home.trust.policy)
    if (reply === undefined || !opened.ok || opened.value.origin !== origin) continue
    const { value } = opened
    if (largest !== undefined && value.size < largest.size) return 'older'
    newest = 'current'
    if (rememberTree(point, value) !== 'unjoined') continue
    const proof = proofOf(reply, { from, to: value.size })
    const tree = unjoinedTrees(point.journal, 1).find(({ size }) => size === value.size)
    if (proof !== undefined && tree !== undefined) joinTree(point, { trunk, tree }, proof)
  }
  await joinTrees(point, timeoutMs)
  return newest
}

type Asked = Parameters<Point['server']['consistency']>[0]

/** `undefined`: an answer that is none. `nobody`: it is no use to ask for more now. */
async function askProof(point: Point, pair: Pair, timeoutMs: number): Promise<Uint8Array[] | undefined | 'nobody'> {
  const [{ origin, size: from }, { size: to }] = inOrder(pair)
  const reply = await ask(point, { origin, from, to }, timeoutMs)
  return reply === undefined || reply === 'nobody' ? reply : proofOf(reply, { from, to })
}

async function ask(point: Point, asked: Asked, timeoutMs: number): Promise<ConsistencyReply | undefined | 'nobody'> {
  try {
    return await point.server.consistency(asked, timeoutMs)
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    return cause.code === 'server_unavailable' ? 'nobody' : undefined
  }
}

function proofOf(reply: ConsistencyReply, { from, to }: { from: number; to: number }): Uint8Array[] | undefined {
  if (reply.from !== from || reply.to !== to) return undefined
  const hashes = reply.proof.flatMap(text => decodeBase64(text) ?? [])
  return hashes.length === reply.proof.length && hashes.every(({ length }) => length === 32) ? hashes : undefined
}
