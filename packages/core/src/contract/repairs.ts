import { z } from 'zod'
import { idOf } from '../ids.ts'
import { repairCauses, repairStates } from '../repair/index.ts'
import { endpoint } from './endpoint.ts'
import { gateName, instant, personRef, sentence } from './shapes.ts'

const interval = z.strictObject({ low: z.number(), high: z.number() })
const measured = z.strictObject({ x: z.int(), n: z.int(), interval })

export const repairView = z.strictObject({
  id: idOf('repair'),
  gate: gateName,
  cause: z.enum(repairCauses),
  owner: personRef,
  /** Who stands for the time it takes. */
  sponsor: personRef,
  /** `null`: the text was erased. */
  plan: z.string().nullable(),
  paused: z.string().nullable(),
  dueOn: z.iso.date(),
  late: z.boolean(),
  state: z.enum(repairStates),
  openedAt: instant,
  openedBy: personRef,
  endedAt: instant.optional(),
  note: z.string().nullable().optional(),
  /** Of a repair that is done: episodes in passages before it was opened and after it was done. */
  effect: z
    .strictObject({ verdict: z.enum(['worked', 'no_effect', 'too_early']), before: measured, after: measured })
    .optional(),
})
export type RepairView = z.infer<typeof repairView>

export const openRepair = endpoint({
  id: 'openRepair',
  method: 'post',
  path: '/repairs',
  summary: 'Commit to mending a gate: who does it, who stands for the time, what is put off, until when.',
  tag: 'repairs',
  access: 'person',
  body: z.strictObject({
    gate: gateName,
    cause: z.enum(repairCauses),
    plan: sentence,
    paused: sentence,
    owner: z.string().max(254),
    sponsor: z.string().max(254),
    dueOn: z.iso.date(),
  }),
  reply: repairView,
  errors: ['refused', 'admin_may_not', 'no_program', 'unknown_person', 'bad_input'],
})

export const listRepairs = endpoint({
  id: 'listRepairs',
  method: 'get',
  path: '/repairs',
  summary: 'Repairs: open ones first, by when they are due; done ones with their measured effect.',
  tag: 'repairs',
  access: 'person',
  reply: z.strictObject({ repairs: z.array(repairView) }),
})

export const showRepair = endpoint({
  id: 'showRepair',
  method: 'get',
  path: '/repairs/{id}',
  summary: 'One repair.',
  tag: 'repairs',
  access: 'person',
  params: z.strictObject({ id: idOf('repair') }),
  reply: repairView,
  errors: ['not_found'],
})

export const endRepair = endpoint({
  id: 'endRepair',
  method: 'post',
  path: '/repairs/{id}/end',
  summary: 'Say that it is done, or given up, and how it went.',
  tag: 'repairs',
  access: 'person',
  params: z.strictObject({ id: idOf('repair') }),
  body: z.strictObject({ outcome: z.enum(['done', 'abandoned']), note: sentence }),
  reply: repairView,
  errors: ['not_found', 'wrong_state', 'refused', 'admin_may_not'],
})

export const followUpView = z.strictObject({
  id: idOf('followUp'),
  review: idOf('review'),
  gate: gateName,
  owner: personRef,
  /** `null`: the text was erased. */
  text: z.string().nullable(),
  link: z.string().nullable().optional(),
  dueOn: z.iso.date(),
  late: z.boolean(),
  doneAt: instant.optional(),
})
export type FollowUpView = z.infer<typeof followUpView>

export const listFollowUps = endpoint({
  id: 'listFollowUps',
  method: 'get',
  path: '/follow-ups',
  summary: 'What reviews promised: open ones first, by when they are due.',
  tag: 'reviews',
  access: 'person',
  reply: z.strictObject({ followUps: z.array(followUpView) }),
})

export const doneFollowUp = endpoint({
  id: 'doneFollowUp',
  method: 'post',
  path: '/follow-ups/{id}/done',
  summary: 'Say that it is done, as its owner or the gate’s.',
  tag: 'reviews',
  access: 'person',
  params: z.strictObject({ id: idOf('followUp') }),
  body: z.strictObject({ note: sentence.optional() }),
  reply: followUpView,
  errors: ['not_found', 'wrong_state', 'refused', 'admin_may_not'],
})
