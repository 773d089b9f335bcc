import { isZone as isKnownZone } from '../../calendar/index.ts'
import type { Remark } from '../../contract/shapes.ts'
import { parseProgram, type ProgramFiles, type ProgramSource } from '../parse.ts'
import { hasErrors, inOrder, remarkAt } from '../remarks.ts'
import { resolveProgram } from '../resolve.ts'
import type { Registry } from '../resolve-repositories.ts'
import type { ResolvedProgram } from '../resolved.ts'
import type { CheckRule } from './context.ts'
import { everyoneCanBreak, largeGroups, longTtl, noWideningDelay, oneOwner, standingAccess } from './permission.ts'
import {
  gateWithoutOwner,
  gateWithoutPurpose,
  noDrills,
  noForum,
  preapprovedNotActedOn,
  preapprovedWithoutEnd,
  preapprovedWithoutProof,
} from './practice.ts'
import { controlGateSolo, expensiveSafetyNet, nobodyInGroup, noSecondPerson, unsurvivableGate } from './relief-valve.ts'
import { noSecondReviewer, reviewersOnlyActors } from './review.ts'
import {
  failOpenNotAdvisory,
  forgeNeeded,
  gateOpensProgramSource,
  noGates,
  preapprovedGates,
  programTooLarge,
  thresholdsInOrder,
  unknownTimezone,
  unusedDefinitions,
} from './structure.ts'

const rules: readonly CheckRule[] = [
  unknownTimezone,
  failOpenNotAdvisory,
  gateOpensProgramSource,
  programTooLarge,
  thresholdsInOrder,
  preapprovedGates,
  unsurvivableGate,
  expensiveSafetyNet,
  noSecondPerson,
  controlGateSolo,
  nobodyInGroup,
  everyoneCanBreak,
  largeGroups,
  longTtl,
  standingAccess,
  oneOwner,
  noWideningDelay,
  reviewersOnlyActors,
  noSecondReviewer,
  gateWithoutOwner,
  gateWithoutPurpose,
  noDrills,
  noForum,
  preapprovedWithoutProof,
  preapprovedWithoutEnd,
  preapprovedNotActedOn,
  noGates,
  forgeNeeded,
  unusedDefinitions,
]

export interface CheckOptions {
  /** Which time zones are known; by default those of this runtime. */
  isZone?: (zone: string) => boolean
}

/** What is wrong with a program that resolves, and what will hurt in an emergency. The rules are in `checkRules`. */
export function checkProgram(source: ProgramSource, resolved: ResolvedProgram, options: CheckOptions = {}): Remark[] {
  const { isZone = isKnownZone } = options
  const context = { source, written: source.program, resolved, isZone }
  const findings = rules.flatMap(rule => rule(context))
  return inOrder(findings.map(finding => remarkAt(source.placeOf(finding.path), finding)))
}

export type Compilation =
  | { ok: true; source: ProgramSource; resolved: ResolvedProgram; remarks: Remark[] }
  | { ok: false; remarks: Remark[] }

/** Reads, resolves and checks in one go; `ok` means that it may be published, and `remarks` then hold advice only. */
export function compileProgram(given: ProgramFiles, registry: Registry, options: CheckOptions = {}): Compilation {
  const read = parseProgram(given)
  if (!read.ok) return read
  const { source } = read
  const resolution = resolveProgram(source, registry)
  if (!resolution.ok) return resolution
  const { resolved } = resolution
  const remarks = inOrder([...resolution.remarks, ...checkProgram(source, resolved, options)])
  return hasErrors(remarks) ? { ok: false, remarks } : { ok: true, source, resolved, remarks }
}
