import { z } from 'zod'
import { disclosureAbouts } from '../../disclosure/index.ts'
import { commit, commitment, digest, gates, idOf, instant, person, refName, repository } from './parts.ts'

/** docs/formats/disclosure.md "Statement". */
export const disclosureMade = z.strictObject({
  about: z.enum(disclosureAbouts),
  by: person,
  repository,
  ref: refName,
  commit,
  gates: gates.min(1),
  happenedAt: instant,
  program: digest,
  review: idOf('review'),
  shared: z.boolean(),
  story: commitment,
})
