import { z } from 'zod'
import { outcomes, outcomeTable } from './outcomes.ts'

const idLengthMax = 300
const id = z.string().min(1).max(idLengthMax)
const count = z.int().min(0)
/** A local date of the gate's zone. */
const day = z.iso.date()

/** One gate's day as a rollup has it. A missing outcome is a count of zero; what nobody could see is `unknown`. */
export const gateDay = z.strictObject({
  gate: id,
  day,
  counts: z.partialRecord(z.enum(outcomes), count),
  /** Of the known passages, those made while an incident of the gate's service was verified as open. */
  duringIncident: count.default(0),
})
export type GateDay = z.infer<typeof gateDay>

/** Known passages of one person at one gate outside incidents, over the window asked about. */
export const gateActor = z.strictObject({
  gate: id,
  actor: id,
  n: count,
  /** Of those, the ones made while they were on call; absent when no rota is known. */
  onCall: count.optional(),
})
export type GateActor = z.infer<typeof gateActor>

const numeratorOutcomes = outcomes.filter(outcome => outcomeTable[outcome].numerator !== 'none')

/** One landing that went around a gate, with a grant or without. Drills are not handed in. */
export const bypassUse = z.strictObject({
  gate: id,
  /** Milliseconds since 1970. */
  at: z.int(),
  day,
  /** Of the local day; absent when it is not looked at. */
  hour: z.int().min(0).max(23).optional(),
  /** Whether the actor was on call then; absent when no rota is known. */
  onCall: z.boolean().optional(),
  /** The actor's team at the time. */
  team: id.optional(),
  /** An opaque id; absent when nobody could tell. */
  actor: id.optional(),
  /** Only of an incident verified as open at the time. */
  incident: id.optional(),
  outcome: z.enum(numeratorOutcomes),
})
export type BypassUse = z.infer<typeof bypassUse>

/** Known passages of one local hour at one gate outside incidents, over the window asked about. */
export const gateHour = z.strictObject({ gate: id, hour: z.int().min(0).max(23), n: count })
export type GateHour = z.infer<typeof gateHour>

/** Known passages of one team at one gate outside incidents, over the window asked about. */
export const gateTeam = z.strictObject({ gate: id, team: id, n: count })
export type GateTeam = z.infer<typeof gateTeam>
