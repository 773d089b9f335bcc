import { durationWords } from '../../decide/words.ts'
import { referencesOf } from '../references.ts'
import type { Finding } from '../remarks.ts'
import { breakable, type CheckContext, peopleOf } from './context.ts'

const longTtlSeconds = 4 * 3600
const standingTtlSeconds = 8 * 3600
/** More people than anybody keeps in mind. */
const largeGroup = 15
/** Below, "everyone" says nothing: of three people, three may well be on call. */
const everyoneAtLeast = 4

export function everyoneCanBreak(context: CheckContext): Finding[] {
  const { written, resolved } = context
  const refs = referencesOf(written).map(({ ref }) => ref)
  const everyone = peopleOf(refs, resolved).accounts
  if (everyone.size < everyoneAtLeast) return []
  return breakable(context).flatMap((gate): Finding[] => {
    const may = peopleOf(gate.breakGlass.who, resolved).accounts
    if (may.size < everyone.size) return []
    const reason = `all ${everyone.size} people this program names may break it, so it is restricted to nobody`
    const remedy = 'name those who are called in an emergency, and let others ask them'
    return [{ rule: 'everyone_can_break', path: ['gates', gate.name, 'break_glass', 'who'], reason, remedy }]
  })
}

export function largeGroups(context: CheckContext): Finding[] {
  return breakable(context).flatMap((gate): Finding[] => {
    const { size } = peopleOf(gate.breakGlass.who, context.resolved).accounts
    if (size <= largeGroup) return []
    const reason = `${size} people may break it at any time, which is more than anybody keeps in mind`
    const remedy = 'name a small set: who is on call, a few senior engineers, the commander of the incident'
    return [{ rule: 'large_group', path: ['gates', gate.name, 'break_glass', 'who'], reason, remedy }]
  })
}

export function longTtl(context: CheckContext): Finding[] {
  return breakable(context).flatMap((gate): Finding[] => {
    const { ttlSeconds } = gate.breakGlass
    if (ttlSeconds <= longTtlSeconds) return []
    const reason = `a grant of ${durationWords(ttlSeconds)} stays open when the emergency is long over`
    const remedy = 'write ttl: 30m; whoever needs more asks again, which takes a line'
    return [{ rule: 'long_ttl', path: ['gates', gate.name, 'break_glass', 'ttl'], reason, remedy }]
  })
}

/** What is needed all day and often is no emergency: it belongs to access that is asked for and taken back. */
export function standingAccess(context: CheckContext): Finding[] {
  return breakable(context).flatMap((gate): Finding[] => {
    const { ttlSeconds, uses } = gate.breakGlass
    if (ttlSeconds < standingTtlSeconds || uses <= 1) return []
    const reason = `${uses} landings over ${durationWords(ttlSeconds)} are a working day, not an emergency`
    const remedy = 'give those who need it often just-in-time access, or relax the gate; keep breaking glass rare'
    return [{ rule: 'standing_access', path: ['gates', gate.name, 'break_glass'], reason, remedy }]
  })
}

export function oneOwner({ resolved: { owners } }: CheckContext): Finding[] {
  if (owners.length !== 1) return []
  const reason = 'a widening takes the signatures of two owners, and there is one'
  return [{ rule: 'one_owner', path: ['owners'], reason, remedy: 'name a second owner, and better a third' }]
}

const wideningDelaySecondsMin = 3600

export function noWideningDelay({ resolved: { wideningDelaySeconds } }: CheckContext): Finding[] {
  if (wideningDelaySeconds >= wideningDelaySecondsMin) return []
  const reason = `a widening takes effect after ${durationWords(wideningDelaySeconds)}, before anybody else has seen it`
  return [{ rule: 'no_widening_delay', path: ['widening_delay'], reason, remedy: 'write widening_delay: 24h' }]
}
