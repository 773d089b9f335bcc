import { type AcceptedProgram, readBundle } from './bundle.ts'
import { gateTime } from './clock.ts'
import { type Answer, type Asked, collectEvidence } from './evidence.ts'
import type { Git } from './git.ts'
import { isClosed } from './judge.ts'
import { askLeave, type Judged, judgeLanding, type Landing, lacksOnlyLeave, type Terms } from './landing.ts'
import { readMemory } from './memory.ts'
import { type Opening, openGates } from './opening.ts'
import type { Point } from './point.ts'
import { gatesInForce } from './program.ts'
import { type HandedEvidence, parsePushOptions } from './push-options.ts'
import { pusherIn } from './pusher.ts'
import { parseRefLines, type RefUpdate } from './ref-lines.ts'
import { evidenceMsMax } from './server.ts'
import { checkShape } from './shape-of-push.ts'
import { isProgramStale, refreshBundle, sendEvents } from './sync.ts'

export interface Push {
  /** What receive-pack wrote to the hook's standard input. */
  stdin: Uint8Array
  env: Readonly<Record<string, string | undefined>>
  git: Git
  /** Other hooks of this repository: asked before anything is spent. */
  others: () => Promise<boolean>
}

/** Nothing protected is moved · everything is open · something is closed, and so everything is. */
export type PushVerdict =
  | { outcome: 'unprotected' }
  | { outcome: 'open'; landings: Judged[]; online: boolean }
  | ClosedPush
export interface ClosedPush {
  outcome: 'closed'
  /** `gates` when the gates say why themselves. */
  code: string
  words: string
  remedy?: string
  landings: Judged[]
  /** Why the server did not take part. */
  offlineBecause?: string
}

/**
 * Judges one push, all or nothing. In order: what it is, which gates are in force, evidence, clock, every gate, the other
 * hooks, and only then spending and the record of it. Whatever throws on the way leaves everything closed.
 */
export async function judgePush(point: Point, push: Push): Promise<PushVerdict> {
  const lines = parseRefLines(push.stdin)
  if (!lines.ok) return closed('bad_push', `this push cannot be read: ${lines.words}`)
  const options = parsePushOptions(push.env)
  if (!options.ok) return closed('bad_push_option', options.words)
  const aimed = lines.updates.map(update => ({ update, target: push.git.symrefTarget(update.ref) ?? update.ref }))
  if (contradicts(aimed))
    return closed('bad_push', 'one branch is moved to two places, by itself and by a symbolic ref')
  if (isProgramStale(point) && aimed.some(({ target }) => isBranch(target))) await refreshBundle(point, evidenceMsMax)
  const bundle = readBundle(point.home, point.journal)
  if (!bundle.ok) return closed(bundle.code, bundle.words, `on the git server: ${syncCommand(point)}`)
  const landings = protectedOf(point, push.git, { aimed, accepted: bundle.accepted })
  if (landings.length === 0) return passOthers(push, { outcome: 'unprotected' })
  return judgeLandings(point, push, { landings, aimed, handed: options.handed, accepted: bundle.accepted })
}

interface Aimed {
  update: RefUpdate
  target: string
}

interface Matter {
  landings: Landing[]
  aimed: readonly Aimed[]
  handed: HandedEvidence
  accepted: AcceptedProgram
}

async function judgeLandings(point: Point, push: Push, matter: Matter): Promise<PushVerdict> {
  const { landings, accepted, answer } = await gather(point, push.git, matter)
  const shown = { ...(answer.offlineBecause !== undefined && { offlineBecause: answer.offlineBecause }) }
  if (answer.inconsistent !== undefined) {
    if (answer.online) await sendEvents(point, evidenceMsMax)
    return { ...closed('ledger_inconsistent', answer.inconsistent), ...shown }
  }
  const time = gateTime({
    ownMs: point.now(),
    verifiedMs: readMemory(point.journal).verifiedAtMs,
    ...(answer.server !== undefined && { server: answer.server }),
  })
  if (!time.ok) return { ...closed('clock_wrong', time.words, 'set the clock of the git server'), ...shown }
  const terms: Terms = { nowMs: time.ms, online: answer.online, accepted }
  const grounds = (index: number) => ({ evidence: answer.evidence[index] ?? new Map(), terms })
  const judged = landings.map((landing, index) => judgeLanding(point, landing, grounds(index)))
  if (!judged.every((one, index) => lacksOnlyLeave(point, one, grounds(index)))) return { ...byGates(judged), ...shown }
  if (!(await push.others())) return { ...refusedByOthers(), ...shown }
  const asked: Judged[] = []
  for (const [index, one] of judged.entries()) asked.push(await askLeave(point, one, grounds(index)))
  if (asked.some(({ verdicts }) => verdicts.some(isClosed))) return { ...byGates(asked), ...shown }
  const opened = await openGates(point, asked.map(openingOf), {
    online: answer.online,
    program: accepted.digest,
    isPush: true,
    pusher: pusherIn(push.env, point.home.config),
  })
  if (!opened.ok) return { ...closed(opened.code, opened.words), ...shown }
  if (answer.online) await sendEvents(point, evidenceMsMax)
  return { outcome: 'open', landings: asked, online: answer.online }
}

const roundsMax = 3

/** A newer program may come along with the evidence; then the gates are others, and they are asked about anew. */
async function gather(
  point: Point,
  git: Git,
  { landings, aimed, handed, accepted }: Matter,
): Promise<{ landings: Landing[]; accepted: AcceptedProgram; answer: Answer }> {
  for (let round = 1; ; round++) {
    const answer = await collectEvidence(point, landings.map(askedOf), handed)
    const bundle = readBundle(point.home, point.journal)
    if (!bundle.ok || bundle.accepted.index === accepted.index || round === roundsMax)
      return { landings, accepted, answer }
    accepted = bundle.accepted
    landings = protectedOf(point, git, { aimed, accepted })
  }
}

function askedOf({ update, target, gates, shape }: Landing): Asked {
  const names = shape === undefined ? gates.map(({ name }) => name) : []
  return { ref: target, ...(update.new !== undefined && { commit: update.new }), gates: names }
}

function protectedOf(
  point: Point,
  git: Git,
  { aimed, accepted }: { aimed: readonly Aimed[]; accepted: AcceptedProgram },
): Landing[] {
  const { repository } = point.home.config
  return aimed.flatMap(({ update, target }): Landing[] => {
    const place = { repository: repository.id, ref: target, boundary: 'merge' } as const
    const gates = isBranch(target) ? gatesInForce(accepted.program, place) : []
    if (gates.length === 0) return []
    const shape = checkShape(git, update, target)
    return [{ update, target, gates, ...(shape !== undefined && { shape }) }]
  })
}

function openingOf({ update, target, verdicts }: Judged): Opening {
  const commit = update.new
  if (commit === undefined) throw new Error('invariant: a deletion is never open')
  const opened = verdicts.flatMap(verdict => (isClosed(verdict) ? [] : [verdict]))
  return { ref: target, commit, ...(update.old !== undefined && { old: update.old }), opened }
}

/** Git refuses this too, but only after its hooks. */
function contradicts(aimed: readonly Aimed[]): boolean {
  const tips = new Map<string, string>()
  return aimed.some(({ update, target }) => {
    const move = `${update.old ?? ''} ${update.new ?? ''}`
    const before = tips.get(target)
    tips.set(target, move)
    return before !== undefined && before !== move
  })
}

function isBranch(ref: string): boolean {
  return ref.startsWith('refs/heads/')
}

async function passOthers(push: Push, verdict: PushVerdict): Promise<PushVerdict> {
  return (await push.others()) ? verdict : refusedByOthers()
}

export function syncCommand(point: Point): string {
  return `breakglass hook sync --point ${point.home.dir}`
}

function byGates(landings: Judged[]): ClosedPush {
  return { ...closed('gates', 'a gate is closed'), landings }
}

function refusedByOthers(): ClosedPush {
  return closed('other_hook', 'another hook of this repository refused the push')
}

function closed(code: string, words: string, remedy?: string): ClosedPush {
  return { outcome: 'closed', code, words, landings: [], ...(remedy !== undefined && { remedy }) }
}
