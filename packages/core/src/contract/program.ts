import { z } from 'zod'
import { gateName } from '../program/names.ts'
import { endpoint } from './endpoint.ts'
import { digest, programVersionView, remark, text } from './shapes.ts'

const programBytesMax = 1_048_576

const programFiles = z.strictObject({
  file: z.string().max(300),
  text: text(programBytesMax),
  /** Files that the program names (`include`, `holidays`), by path relative to it. */
  files: z.record(z.string().max(300), text(programBytesMax)),
  source: z
    .strictObject({
      repository: z.string().max(200),
      ref: z.string().max(200),
      path: z.string().max(300),
      commit: z.string().max(80),
    })
    .optional(),
})

export const checkProgramRemote = endpoint({
  id: 'checkProgram',
  method: 'post',
  path: '/programs/check',
  summary: 'Check a program against what is registered here, and classify what it would change. Changes nothing.',
  tag: 'program',
  access: 'person',
  body: programFiles,
  reply: z.strictObject({
    ok: z.boolean(),
    remarks: z.array(remark),
    class: z.enum(['first', 'narrowing', 'widening', 'neutral']).optional(),
    changes: programVersionView.shape.changes.optional(),
  }),
})

export const publishProgram = endpoint({
  id: 'publishProgram',
  method: 'post',
  path: '/programs',
  summary: 'Publish a program. Narrowing takes effect at its proof; widening waits for two owners and the delay.',
  tag: 'program',
  access: 'person',
  body: programFiles,
  reply: z.strictObject({ version: programVersionView, remarks: z.array(remark) }),
  errors: ['bad_program', 'admin_may_not', 'ledger_unavailable'],
})

export const approveProgram = endpoint({
  id: 'approveProgram',
  method: 'post',
  path: '/programs/{digest}/approve',
  summary: 'Sign a widening as the second program owner.',
  tag: 'program',
  access: 'person',
  params: z.strictObject({ digest }),
  reply: programVersionView,
  errors: ['wrong_state', 'admin_may_not', 'ledger_unavailable'],
})

export const withdrawProgram = endpoint({
  id: 'withdrawProgram',
  method: 'post',
  path: '/programs/{digest}/withdraw',
  summary: 'Take back a proposed program before it takes effect.',
  tag: 'program',
  access: 'person',
  params: z.strictObject({ digest }),
  reply: programVersionView,
  errors: ['wrong_state'],
})

export const listPrograms = endpoint({
  id: 'listPrograms',
  method: 'get',
  path: '/programs',
  summary: 'Versions of the program, newest first.',
  tag: 'program',
  access: 'person',
  reply: z.strictObject({ versions: z.array(programVersionView) }),
})

export const showProgram = endpoint({
  id: 'showProgram',
  method: 'get',
  path: '/programs/{which}',
  summary: 'One version: its text, its files, the resolution the rules use. `current` is the one in force.',
  tag: 'program',
  access: 'person',
  params: z.strictObject({ which: z.union([z.literal('current'), digest]) }),
  reply: z.strictObject({ version: programVersionView, text: z.string(), resolved: z.string() }),
  errors: ['no_program'],
})

export const getBundle = endpoint({
  id: 'getBundle',
  method: 'get',
  path: '/bundle',
  summary: 'The program bundle in force, for enforcement points (docs/formats/program-bundle.md).',
  tag: 'program',
  access: 'anybody with a token',
  reply: z.strictObject({
    index: z.int(),
    bundle: z.strictObject({
      v: z.literal(1),
      text: z.string(),
      resolved: z.string(),
      statement: z.string(),
      proof: z.string(),
    }),
  }),
  errors: ['no_program'],
})

export const getRunbook = endpoint({
  id: 'getRunbook',
  method: 'get',
  path: '/runbook',
  summary: 'The runbook, generated from the program in force.',
  tag: 'program',
  access: 'person',
  query: z.strictObject({ gate: gateName.optional() }),
  reply: z.string(),
  replyType: 'text',
  errors: ['no_program'],
})
