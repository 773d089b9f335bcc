import type { PublishedProgram } from '../program/resolved.ts'
import { type Context, contextOf } from './context.ts'
import { gatesInForce } from './gates-in-force.ts'
import type { Ruling } from './ruling.ts'
import { actorKnown } from './rules/actor-known.ts'
import { admin } from './rules/admin.ts'
import { bot } from './rules/bot.ts'
import { boundary } from './rules/boundary.ts'
import { clock } from './rules/clock.ts'
import { duplicates } from './rules/duplicates.ts'
import { gateKnown } from './rules/gate-known.ts'
import { incident } from './rules/incident.ts'
import { inForce } from './rules/in-force.ts'
import { justification } from './rules/justification.ts'
import { offline } from './rules/offline.ts'
import { point } from './rules/point.ts'
import { preAuthorised } from './rules/pre-authorised.ts'
import { programSource } from './rules/program-source.ts'
import { safetyNet } from './rules/safety-net.ts'
import { type Standing, secondPerson } from './rules/second-person.ts'
import { ttl, ttlSeconds } from './rules/ttl.ts'
import { unresolved } from './rules/unresolved.ts'
import type { Decision, Facts, GrantRequest, Reason, WaitingTerms } from './types.ts'
import { changeWords, durationWords, instantWords } from './words.ts'

/**
 * What the program says of one request, and why. Default-deny, total, and the same inputs give the same decision:
 * `facts.nowMs` is the only time it knows. Every rule is evaluated and leaves its reason; the refusal's code is that
 * of the first rule not met, in the order of this list.
 *
 * Call it again with fresh facts and `facts.waiting` when somebody approves and when the wait is over.
 */
export function decide(program: PublishedProgram, request: GrantRequest, facts: Facts): Decision {
  const context = contextOf(program.program, request, facts)
  const second = secondPerson(context)
  const rulings: Ruling[] = [
    gateKnown(context),
    programSource(context),
    inForce(context),
    boundary(context),
    actorKnown(context),
    admin(context),
    bot(context),
    preAuthorised(context),
    unresolved(context),
    incident(context),
    safetyNet(context),
    second,
    ttl(context),
    offline(context),
    point(context),
    justification(context),
    duplicates(context),
    clock(context),
  ]
  const refusal = firstRefusal(rulings)
  const terms = termsOf(context)
  if (refusal || !terms || second.standing.kind === 'refused') return refuse(context, rulings, refusal)
  return answer(context, rulings, terms, second.standing)
}

type Refusal = Required<Pick<Ruling, 'code'>> & Ruling

function firstRefusal(rulings: readonly Ruling[]): Refusal | undefined {
  return rulings.find((ruling): ruling is Refusal => ruling.code !== undefined)
}

function answer(
  context: Context,
  rulings: Ruling[],
  terms: WaitingTerms,
  standing: Exclude<Standing, { kind: 'refused' }>,
): Decision {
  if (standing.kind === 'waiting') {
    const { secondPerson, untilMs, mayApprove } = standing
    const reasons = tree(context, rulings, 'not_met', `waits for a second person until ${instantWords(untilMs)}`)
    return { outcome: 'waiting', secondPerson, untilMs, mayApprove, terms, reasons }
  }
  const { secondPerson, approvers } = standing
  const found = `granted for ${durationWords(terms.ttlSeconds)}, ${terms.uses} use${terms.uses === 1 ? '' : 's'}`
  return {
    outcome: 'granted',
    terms: { ...terms, secondPerson, approvers },
    reasons: tree(context, rulings, 'met', found),
  }
}

/** Without terms and without a refusal nothing allows it either: a gate nobody may break is refused, never granted. */
function refuse(context: Context, rulings: Ruling[], refusal: Refusal | undefined): Decision {
  const code = refusal?.code ?? 'safety_net_no_fallback'
  const remedy = refusal?.reason.remedy ?? 'the program lets nobody open this gate; let the change pass it'
  return { outcome: 'refused', code, remedy, reasons: tree(context, rulings, 'not_met', `refused: ${code}`) }
}

function termsOf(context: Context): WaitingTerms | undefined {
  const { program, request, gate, way } = context
  if (!gate || !way) return undefined
  const inForce = gatesInForce(program, { ...request, boundary: gate.boundary })
  return {
    gate: gate.name,
    mode: request.mode,
    ttlSeconds: ttlSeconds(context, way),
    uses: way.uses,
    keeps: inForce.map(({ name }) => name).filter(name => name !== gate.name),
  }
}

function tree({ request }: Context, rulings: readonly Ruling[], verdict: Reason['verdict'], found: string): Reason {
  return {
    rule: 'decision',
    verdict,
    lookedAt: `a request to open ${request.gate} for ${changeWords(request.change)}`,
    wanted: 'every rule met',
    found,
    children: rulings.map(({ reason }) => reason),
  }
}
