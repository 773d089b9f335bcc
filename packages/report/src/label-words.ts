import type { Label } from '@breakglass/core/metrics'

/** What each label is called wherever people read it. */
export const labelWords: Readonly<Record<Label, string>> = {
  one_person: 'one person',
  weekday: 'one weekday',
  rising: 'rising',
  high: 'high',
  incidents_only: 'only in incidents',
  near_zero: 'near zero',
  watch: 'watch',
  insufficient: 'too few to say',
}

const order: readonly Label[] = [
  'one_person',
  'weekday',
  'rising',
  'high',
  'watch',
  'incidents_only',
  'insufficient',
  'near_zero',
]

/** What asks for something comes first; among equals the one with more episodes. */
export function byUrgency<Gate extends { label: Label; window: { x: number } }>(gates: readonly Gate[]): Gate[] {
  return gates.toSorted((a, b) => order.indexOf(a.label) - order.indexOf(b.label) || b.window.x - a.window.x)
}
