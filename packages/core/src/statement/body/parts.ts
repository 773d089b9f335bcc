import { z } from 'zod'
import { roles } from '../../decide/types.ts'
import { idOf } from '../../ids.ts'
import { gateName, severity } from '../../program/names.ts'

/**
 * What bodies are made of (docs/formats/statement.md "No personal data"): ids, digests, commitments, references to
 * documents, instants, enumerations and integers. There is deliberately no schema for text here, and optional members are
 * absent, never `undefined`, because a body is serialised for good.
 */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hex digits')
export const commit = z.string().regex(/^(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/, 'sha1: or sha256: and hex digits')
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'an instant, UTC, with milliseconds')
export const localDate = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'a date YYYY-MM-DD')

/** SHA-256 over 16 bytes of salt and the text; salt and text lie in `sealed_text`, where they can be erased. */
export const commitment = z.strictObject({ commit: digest })

/** A document that lies elsewhere by its digest; `length` in bytes. */
export const documentRef = z.strictObject({ digest, length: z.int().min(0) })

export const count = z.int().min(0)

/** Identifiers that others chose: no space and no `@`, so that neither a name nor an address fits. */
const identifier = (max: number) =>
  z.string().regex(new RegExp(`^[^\\s@]{1,${max}}$`), 'an identifier without space and @')

export const repository = z.strictObject({ forge: identifier(32), host: identifier(253), id: identifier(128) })

/** Refs, paths and deployments stand here as they stand in the scope of a grant: they are what was opened. */
const printable = (max: number) =>
  z.string().regex(new RegExp(`^\\P{Cc}{1,${max}}$`, 'u'), 'one line of printable text')
export const refName = z
  .string()
  .max(250)
  .regex(/^refs\/\S+$/, 'a full ref such as refs/heads/main')
export const path = printable(300)

/** The id of a CI run. One that is not of this form is left out; the use key commits to it all the same. */
export const run = z.string().regex(/^[!-?A-~]{1,200}$/, 'a run id: printable ASCII without space and @')
export const zone = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, 'an IANA zone such as Europe/Berlin')

export const change = z.union([
  z.strictObject({ commit }),
  z.strictObject({ deployment: printable(200), artifact: digest }),
  z.strictObject({ operation: digest }),
])

export const person = idOf('person')
export const people = z.array(person).max(100)
export const gates = z.array(gateName).max(200)
export const role = z.enum(roles)
export const boundary = z.enum(['merge', 'deploy', 'operate'])
export const mode = z.enum(['online', 'offline'])

/** As it was known at that moment; later changes are statements of the incident's own. */
export const incidentSnapshot = z.strictObject({ id: idOf('incident'), severity, verified: z.boolean() })

/** When a review is due and by which calendar, so that a later edit of a holiday file rewrites nothing. */
export const reviewDue = z.strictObject({ dueAt: instant, localDate, zone, calendar: documentRef })

export { gateName, idOf, severity }
