import type { GateNumbersView } from '@breakglass/core/contract'
import type { GateNumbers, ProgramNumbers } from '../../landings/numbers.ts'

/** One gate's numbers as everybody sees them: they name nobody. */
export function gateView(one: GateNumbers, { shown: span }: Pick<ProgramNumbers, 'shown'>): GateNumbersView {
  const { gate, shown, now, rates, coverage } = one
  const { label, fired, x, n, window, interval, shift, minimumDetectable, withoutPerson } = now
  return {
    gate: gate.name,
    class: gate.class,
    boundary: gate.boundary,
    owner: gate.owner,
    label: shown.label,
    ...(shown.month !== undefined && { labelledOn: shown.month }),
    reason: shown.reason,
    action: shown.action,
    now: {
      label,
      fired,
      x,
      n,
      window,
      interval,
      shift,
      ...(minimumDetectable !== undefined && { minimumDetectable }),
      ...(withoutPerson !== undefined && { withoutPerson }),
    },
    days90: {
      ...span,
      n: rates.n,
      glass: rates.glass,
      unsanctioned: rates.unsanctioned,
      bypass: rates.bypass,
      rawUses: rates.rawUses,
      own: rates.own,
      onPaperOnly: one.onPaperOnly,
    },
    coverage,
  }
}
