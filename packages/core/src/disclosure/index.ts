export const disclosureAbouts = ['own', 'seen'] as const
/** Whether somebody tells of what they did, or of what they saw. */
export type DisclosureAbout = (typeof disclosureAbouts)[number]

/** What is known of the landing that somebody tells of. */
export interface DisclosureFacts {
  nowMs: number
  happenedMs: number
  /** The gates in force there at that time. */
  inForce: readonly string[]
  /** Those that they name; all in force where they name none. */
  named: readonly string[]
  /** Of each gate at which the landing is known, what became of it. */
  outcomes: Readonly<Record<string, string>>
  /** A finding of that landing that stood before they told. */
  foundAs?: string | undefined
}

export type DisclosureVerdict =
  | { ok: true; gates: string[] }
  | { ok: false; code: 'bad_input' | 'wrong_state'; words: string }

/** Outcomes that something sanctioned: there is nothing to tell of. */
const sanctioned = ['opened_by_grant', 'waived', 'failed_open', 'preapproved']

/** docs/formats/disclosure.md "What it is not". Pure: it says which gates are told of, or why not, with what to do instead. */
export function judgeDisclosure(facts: DisclosureFacts): DisclosureVerdict {
  const { nowMs, happenedMs, inForce, named, outcomes, foundAs } = facts
  if (happenedMs > nowMs)
    return refuse('bad_input', 'happenedAt: expected an instant that has passed, found a later one')
  if (inForce.length === 0) return refuse('bad_input', 'no gate was in force on that ref at that time')
  const unknown = named.filter(gate => !inForce.includes(gate))
  if (unknown.length > 0) {
    return refuse('bad_input', `gates: expected some of ${inForce.join(', ')}, found ${unknown.join(', ')}`)
  }
  if (foundAs !== undefined) {
    return refuse(
      'wrong_state',
      `it was found before, as ${foundAs}; explain it there: breakglass finding resolve ${foundAs}`,
    )
  }
  const gates = inForce.filter(gate => named.length === 0 || named.includes(gate))
  const open = gates.filter(gate => !sanctioned.includes(outcomes[gate] ?? ''))
  if (open.length > 0) return { ok: true, gates: open }
  return refuse(
    'wrong_state',
    'each of these gates was opened for it by a grant, a waiver or the program itself, which is on record',
  )
}

const refuse = (code: 'bad_input' | 'wrong_state', words: string): DisclosureVerdict => ({ ok: false, code, words })
