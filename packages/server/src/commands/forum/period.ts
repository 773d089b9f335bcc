import { BreakglassError } from '@breakglass/core/errors'
import { instantToMs, isInstant } from '@breakglass/verify'
import type { Rx } from '../../store/store.ts'
import type { Span } from './gather-records.ts'
import { dayMs, lastForumAt } from './schedule.ts'

const daysDefault = 30
const daysMax = 400

/** Since the last forum, or the last 30 days; or what was asked for. Throws `bad_input`. */
export async function spanOf(
  rx: Rx,
  nowMs: number,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<Span> {
  const toMs = to === undefined ? nowMs : msOf(to)
  const fromMs = from === undefined ? await beginning(rx, toMs) : msOf(from)
  if (fromMs >= toMs) throw new BreakglassError('bad_input', 'The period must end after it begins.')
  if (toMs > nowMs)
    throw new BreakglassError('bad_input', 'The period must not end in the future: nothing is known of it.')
  if (toMs - fromMs > daysMax * dayMs)
    throw new BreakglassError('bad_input', `The period has more than ${daysMax} days; read it in parts.`)
  return { fromMs, toMs, nowMs }
}

async function beginning(rx: Rx, toMs: number): Promise<number> {
  const last = await lastForumAt(rx)
  const usable = last !== undefined && last < toMs && toMs - last <= daysMax * dayMs
  return usable ? last : toMs - daysDefault * dayMs
}

function msOf(text: string): number {
  if (!isInstant(text)) throw new BreakglassError('bad_input', `There is no such instant as ${text}.`)
  return instantToMs(text)
}
