import type { ResolvedGate } from '@breakglass/core/program'
import { checkNameOf } from '../checks/name.ts'
import type { EnvironmentProtection } from './environment.ts'
import type { BranchProtection, Bypass, Exempt, Rule } from './rules.ts'

/** docs/github.md "Normal form", from the weakest. `unknown` is apart. */
export const strengths = ['off', 'evaluate', 'unpinned', 'enforced_admins_exempt', 'enforced'] as const
export type Strength = (typeof strengths)[number] | 'unknown'

export interface GateProtection {
  strength: Strength
  /** Who may go around what stands there. */
  exempt: 'nobody' | 'some' | 'unknown'
  /** Whether our check is what is required, or something that no grant opens: strict without break-glass. */
  by: 'ours' | 'native' | 'nothing'
  because: string[]
}

/** Whether one is weaker than another. Of what is unknown nothing is said. */
export const isBelow = (a: Strength, b: Strength): boolean =>
  a !== 'unknown' && b !== 'unknown' && rankOf(a) < rankOf(b)

const rankOf = (strength: Strength): number => (strength === 'unknown' ? -1 : strengths.indexOf(strength))

/** How strongly a gate is held at a branch, by everything that was read there. `app` is ours. */
export function strengthAtBranch(
  { rules, unread }: BranchProtection,
  gate: Pick<ResolvedGate, 'name' | 'passes'>,
  app: string,
): GateProtection {
  const best = rules.flatMap(rule => candidatesOf(rule, gate, app)).toSorted(strongestFirst)[0]
  if (best && best.strength !== 'evaluate') return best
  if (unread.length > 0) return unknown(`could not be read: ${unread.join(', ')}`)
  return best ?? nothing(`nothing requires ${checkNameOf(gate.name)}`)
}

/** The same of a gate that stands before deployments. */
export function strengthAtEnvironment(environment: EnvironmentProtection, app: string): GateProtection {
  if (environment.state === 'unreadable') return unknown('could not be read: the environment')
  if (environment.state === 'none') return nothing('there is no such environment')
  const exempt = environment.adminsBypass === undefined ? 'unknown' : environment.adminsBypass ? 'some' : 'nobody'
  const held = { strength: exempt === 'some' ? 'enforced_admins_exempt' : 'enforced', exempt } as const
  if (environment.apps?.includes(app)) return { ...held, by: 'ours', because: ['our rule is enabled'] }
  if (environment.reviewers > 0) return { ...held, by: 'native', because: ['people have to approve'] }
  if (environment.apps === undefined) return unknown('could not be read: the rules of the environment')
  return nothing('our rule is not enabled, and nobody has to approve')
}

function candidatesOf(rule: Rule, gate: Pick<ResolvedGate, 'name' | 'passes'>, app: string): GateProtection[] {
  if (rule.state === 'disabled') return []
  const ours = checkNameOf(gate.name)
  const found = rule.checks
    .filter(({ context }) => context === ours || (gate.passes.kind === 'check' && context === gate.passes.check))
    .map(({ context, app: pin }): GateProtection => {
      const by = context === ours ? 'ours' : 'native'
      const isPinned = by === 'ours' ? pin === app : pin !== undefined
      const to = pin === undefined ? 'to no app' : isPinned ? `to app ${pin}` : `to app ${pin}, which is not ours`
      return held(rule, rule.exempt, { by, app, isPinned, words: `${rule.name} requires ${context}, pinned ${to}` })
    })
  if (gate.passes.kind !== 'reviews' || (rule.reviews?.count ?? 0) < gate.passes.count || !rule.reviews) return found
  const exempt = both(rule.exempt, rule.reviews.exempt)
  const words = `${rule.name} requires ${rule.reviews.count} reviews`
  return [...found, held(rule, exempt, { by: 'native', app, isPinned: true, words })]
}

interface What {
  by: 'ours' | 'native'
  app: string
  isPinned: boolean
  words: string
}

function held(rule: Rule, exempt: Exempt, { by, app, isPinned, words }: What): GateProtection {
  const who = exemptOf(exempt, app)
  const because = [words, ...(rule.state === 'evaluate' ? [`${rule.name} is only tried out`] : [])]
  const strength = !isPinned ? 'unpinned' : who === 'some' ? 'enforced_admins_exempt' : 'enforced'
  return { strength: rule.state === 'evaluate' ? 'evaluate' : strength, exempt: who, by, because }
}

function exemptOf(exempt: Exempt, app: string): GateProtection['exempt'] {
  if (exempt.who === 'unknown') return 'unknown'
  return exempt.bypass.every(each => isBroker(each, app)) ? 'nobody' : 'some'
}

/** Our own app, that merges for whoever holds a grant, and cannot push. */
export const isBroker = ({ type, id, mode }: Bypass, app: string): boolean =>
  type === 'Integration' && id === app && mode === 'pull_request'

/** Who is known to be exempt is known, whatever else is not. */
function both(a: Exempt, b: Exempt): Exempt {
  const bypass = [a, b].flatMap(each => (each.who === 'known' ? each.bypass : []))
  if (bypass.length === 0 && (a.who === 'unknown' || b.who === 'unknown')) return { who: 'unknown' }
  return { who: 'known', bypass }
}

const freedom = { nobody: 2, unknown: 1, some: 0 }

const strongestFirst = (a: GateProtection, b: GateProtection): number =>
  rankOf(b.strength) - rankOf(a.strength) ||
  freedom[b.exempt] - freedom[a.exempt] ||
  Number(b.by === 'ours') - Number(a.by === 'ours')

const unknown = (why: string): GateProtection => ({
  strength: 'unknown',
  exempt: 'unknown',
  by: 'nothing',
  because: [why],
})
const nothing = (why: string): GateProtection => ({ strength: 'off', exempt: 'nobody', by: 'nothing', because: [why] })
