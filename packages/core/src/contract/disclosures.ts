import { z } from 'zod'
import { disclosureAbouts } from '../disclosure/index.ts'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { commit, gateName, instant, personRef, repositoryRef, sentence } from './shapes.ts'

export const disclosureView = z.strictObject({
  id: idOf('disclosure'),
  about: z.enum(disclosureAbouts),
  at: instant,
  happenedAt: instant,
  repository: repositoryRef,
  ref: z.string(),
  commit,
  gates: z.array(gateName),
  shared: z.boolean(),
  /** To whoever told, to the gates' owners, and to everybody when it is shared. */
  by: personRef.optional(),
  /** To the same; `null`: the text was erased. */
  story: z.string().nullable().optional(),
  review: idOf('review'),
  /** A watcher saw the landing later. */
  finding: idOf('finding').optional(),
})
export type DisclosureView = z.infer<typeof disclosureView>

export const disclose = endpoint({
  id: 'disclose',
  method: 'post',
  path: '/disclosures',
  summary: 'Tell of a bypass before it is found. Thanked, and reviewed without blame.',
  tag: 'findings',
  access: 'person',
  body: z.strictObject({
    about: z.enum(disclosureAbouts),
    repository: z.string().max(200),
    ref: z.string().min(1).max(250),
    commit,
    /** Absent: all that were in force there then. */
    gates: z.array(gateName).min(1).max(200).optional(),
    /** Absent: now. */
    happenedAt: instant.optional(),
    story: sentence,
    /** Whether story and name may be shown to everybody. */
    shared: z.boolean(),
  }),
  reply: z.strictObject({ disclosure: disclosureView, already: z.boolean() }),
  errors: ['bad_input', 'refused', 'not_found', 'wrong_state', 'no_program'],
})

export const listDisclosures = endpoint({
  id: 'listDisclosures',
  method: 'get',
  path: '/disclosures',
  summary: 'Bypasses that somebody told of first, the newest first.',
  tag: 'findings',
  access: 'person',
  reply: z.strictObject({ disclosures: z.array(disclosureView) }),
})

export const showDisclosure = endpoint({
  id: 'showDisclosure',
  method: 'get',
  path: '/disclosures/{id}',
  summary: 'One disclosure.',
  tag: 'findings',
  access: 'person',
  params: z.strictObject({ id: idOf('disclosure') }),
  reply: disclosureView,
  errors: ['not_found'],
})
