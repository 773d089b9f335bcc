import type { ResolvedGate } from '../../program/resolved.ts'
import type { Context } from '../context.ts'
import { met, type Look, type Ruling, refused, skipped } from '../ruling.ts'
import type { GateResultFact } from '../types.ts'
import { durationWords, instantWords } from '../words.ts'

/** A safety net that ran and failed stays shut; one that could not run may be opened by two people, after a while. */
export function safetyNet({ request, facts, gate }: Context): Ruling {
  const result = Object.hasOwn(facts.results, request.gate) ? facts.results[request.gate] : undefined
  const look = { rule: 'safety net', lookedAt: 'the newest result of the gate on this change' }
  if (!gate) return skipped({ ...look, wanted: 'what the gate says', found: 'the gate is not known' })
  if (gate.breakGlass.kind === 'allowed') {
    return skipped({
      ...look,
      wanted: 'not a safety net',
      found: `it may be broken; ${resultWords(result, facts.nowMs)}`,
    })
  }
  return ofNet({ ...look, wanted: netWants(gate), found: resultWords(result, facts.nowMs) }, gate, result, facts.nowMs)
}

function ofNet(look: Look, gate: ResolvedGate, result: GateResultFact | undefined, nowMs: number): Ruling {
  if (result?.result === 'fail') {
    return refused('safety_net_ran_and_failed', {
      ...look,
      remedy: 'no grant opens a safety net that ran and failed; mend the change, or roll back to one that passes',
    })
  }
  if (result?.result !== 'could_not_run') {
    return refused('safety_net_not_failing', {
      ...look,
      remedy: result ? 'it has passed: nothing needs opening' : 'let it run; it may be opened only when it cannot run',
    })
  }
  const fallback = gate.whenItCannotRun
  if (!fallback) {
    return refused('safety_net_no_fallback', {
      ...look,
      remedy: 'make it run again; the program names nobody who may open it when it cannot run (unavailable_after)',
    })
  }
  if (nowMs - result.sinceMs >= fallback.afterSeconds * 1000) return met(look)
  return refused('safety_net_not_unavailable_long_enough', {
    ...look,
    remedy: `keep trying to run it; if it still cannot run at ${instantWords(result.sinceMs + fallback.afterSeconds * 1000)}, ask again`,
  })
}

function netWants(gate: ResolvedGate): string {
  if (!gate.whenItCannotRun) return 'a result that passes: the program lets nobody open this safety net'
  return `a safety net that could not run for at least ${durationWords(gate.whenItCannotRun.afterSeconds)}`
}

function resultWords(result: GateResultFact | undefined, nowMs: number): string {
  if (!result) return 'it has not run on this change'
  const since = durationWords((nowMs - result.sinceMs) / 1000)
  const words = { pass: 'it passed', fail: 'it ran and failed', could_not_run: 'it could not run' } as const
  return `${words[result.result]}, for ${since}`
}
