import type { ResolvedGate } from '@breakglass/core/program'

const classes = ['control', 'quality', 'advisory'] as const

/** The gravest first: one sitting looks at the landing as a whole, and is held to the rules of its gravest gate. */
export const byGravity = (gates: readonly ResolvedGate[]): ResolvedGate[] =>
  gates.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))

const rankOf = (gate: ResolvedGate): number => classes.indexOf(gate.class)
