import { z } from 'zod'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { change, commit, digest, gateName, instant, pointView, repositoryId, text, tookMs } from './shapes.ts'

export const registerPoint = endpoint({
  id: 'registerPoint',
  method: 'post',
  path: '/points',
  summary: 'Register an enforcement point by its public key. A new version of trust.json is logged.',
  tag: 'points',
  access: 'admin',
  body: z.strictObject({
    name: text(100),
    kind: z.enum(['git_hook', 'ci', 'github']),
    enforcement: z.enum(['enforced', 'cooperative']),
    repository: z.strictObject({
      id: repositoryId,
      name: z.string().min(1).max(200),
      properties: z.record(z.string().max(50), z.string().max(100)),
    }),
    /** Ed25519, base64url of 32 bytes. */
    publicKey: z.string().length(43),
  }),
  reply: z.strictObject({ point: pointView, token: z.string(), organization: idOf('organization') }),
  errors: ['already_exists', 'ledger_unavailable'],
})

export const endPoint = endpoint({
  id: 'endPoint',
  method: 'post',
  path: '/points/{id}/end',
  summary: 'End an enforcement point: its credential stops, and its key is ended by ledger index in a new trust.json.',
  tag: 'points',
  access: 'admin',
  params: z.strictObject({ id: idOf('point') }),
  reply: pointView,
  errors: ['wrong_state', 'ledger_unavailable'],
})

export const listPoints = endpoint({
  id: 'listPoints',
  method: 'get',
  path: '/points',
  summary: 'Enforcement points, and which are enforced or only cooperative.',
  tag: 'points',
  access: 'person',
  reply: z.strictObject({ points: z.array(pointView) }),
})

/** What a point asks before it opens: evidence only; the point verifies every byte itself. */
export const askEvidence = endpoint({
  id: 'askEvidence',
  method: 'post',
  path: '/points/self/evidence',
  summary: 'Receipts, grants and waivers the server holds for these changes, and the newest bundle. Opens nothing.',
  tag: 'points',
  access: 'point',
  body: z.strictObject({
    changes: z
      .array(z.strictObject({ ref: z.string().max(250).optional(), change, gates: z.array(gateName).max(200) }))
      .min(1)
      .max(100),
    /** The ledger index of the bundle the point holds; a newer one is sent along. */
    bundleIndex: z.int().min(-1),
  }),
  reply: z.strictObject({
    now: instant,
    bundle: z
      .strictObject({
        v: z.literal(1),
        text: z.string(),
        resolved: z.string(),
        statement: z.string(),
        proof: z.string(),
      })
      .optional(),
    changes: z.array(
      z.strictObject({
        gates: z.array(
          z.strictObject({
            gate: gateName,
            receipts: z.array(z.string()),
            grants: z.array(
              z.strictObject({
                id: idOf('grant'),
                mode: z.enum(['online', 'offline']),
                carried: z.string(),
                /** To points that show people what they opened, and to no others; it decides nothing. */
                shown: z.strictObject({ by: z.string(), review: idOf('review').optional() }).optional(),
              }),
            ),
            waivers: z.array(z.string()),
            /** Why a grant that exists does not open: words for the person who pushes. */
            notes: z.array(z.string()),
          }),
        ),
      }),
    ),
  }),
})

/** Spends online grants: all or none. The same key gets the same answer until expiry. */
export const spendGrants = endpoint({
  id: 'spendGrants',
  method: 'post',
  path: '/points/self/spend',
  summary: 'Spend online grants, all of them or none, before the gates open.',
  tag: 'points',
  access: 'point',
  body: z.strictObject({
    spends: z
      .array(
        z.strictObject({
          grant: idOf('grant'),
          useKey: z.string().max(1000),
          ref: z.string().max(250).optional(),
          old: commit.optional(),
          new: commit.optional(),
          run: z.string().max(200).optional(),
        }),
      )
      .min(1)
      .max(100),
  }),
  reply: z.strictObject({
    now: instant,
    spent: z.array(z.strictObject({ grant: idOf('grant'), already: z.boolean(), used: z.int(), uses: z.int() })),
  }),
  errors: ['grant_not_live', 'grant_spent', 'wrong_point', 'clock_wrong'],
})

/** A point's own signed events, in order (docs/formats/point-journal.md). */
export const sendReports = endpoint({
  id: 'sendReports',
  method: 'post',
  path: '/points/self/reports',
  summary: "Take a point's signed events, each once and in order.",
  tag: 'points',
  access: 'point',
  body: z.strictObject({ reports: z.array(z.string().max(24_576)).min(1).max(200) }),
  reply: z.strictObject({ now: instant, takenUpTo: z.int() }),
  errors: ['out_of_order', 'bad_evidence'],
})

export const passUnavailable = endpoint({
  id: 'passUnavailable',
  method: 'post',
  path: '/points/self/unavailable',
  summary: 'Ask to let an advisory gate pass because it could not run; logged and alarmed before the first pass.',
  tag: 'points',
  access: 'point',
  body: z.strictObject({
    gate: gateName,
    ref: z.string().max(250).optional(),
    change,
    why: text(1000),
    useKey: z.string().max(1000),
  }),
  reply: z.strictObject({ statement: z.string(), proof: z.string(), windowUntil: instant }),
  errors: ['fail_open_not_allowed', 'fail_open_needs_person', 'ledger_unavailable'],
})

export const reportResult = endpoint({
  id: 'reportResult',
  method: 'post',
  path: '/results',
  summary: 'Report one run of a gate on one commit. Needs the reporter credential of that gate and repository.',
  tag: 'points',
  access: 'reporter',
  body: z.strictObject({
    gate: gateName,
    repository: z.string().max(200),
    commit,
    result: z.enum(['pass', 'fail', 'could_not_run']),
    run: z.string().min(1).max(200),
    /** How long the check ran; absent when whoever reports it does not know. */
    tookMs: tookMs.optional(),
  }),
  reply: z.strictObject({ receipt: z.string(), expiresAt: instant, program: digest }),
  errors: ['no_program'],
})

/** Sizes of a ledger's tree; a text in the address, a number in the answer. */
const treeSize = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

/** docs/formats/point-journal.md "What a point remembers of the ledger": the point checks the proof itself. */
export const consistency = endpoint({
  id: 'consistency',
  method: 'get',
  path: '/points/self/consistency',
  summary:
    'A proof that one tree of the ledger continues another, passed on; without `to`, up to the newest checkpoint.',
  tag: 'points',
  access: 'point',
  query: z.strictObject({ origin: z.string().min(1).max(255), from: treeSize, to: treeSize.optional() }),
  reply: z.strictObject({
    from: z.int().min(1),
    to: z.int().min(0),
    /** RFC 9162 §2.1.4, each in base64. Empty where the two sizes are the same, or the newest is smaller than `from`. */
    proof: z.array(z.string().length(44)).max(64),
    /** The newest checkpoint, verbatim, where none was named. */
    checkpoint: z.string().max(65_536).optional(),
  }),
  errors: ['not_found', 'bad_input', 'ledger_unavailable'],
})

/** What `watch` sees on the repository itself. */
export const sendObservations = endpoint({
  id: 'sendObservations',
  method: 'post',
  path: '/points/self/observations',
  summary:
    'What the watcher saw: advances of protected refs that the hook did not allow, landings that were taken back, the state of the hook.',
  tag: 'findings',
  access: 'point',
  body: z.strictObject({
    observations: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({
            kind: z.literal('advance'),
            delivery: idOf('event'),
            at: instant,
            ref: z.string().max(250),
            old: commit.optional(),
            new: commit.optional(),
            allowed: z.boolean(),
            /** The gates that were gone around; absent: whatever was in force, because nobody stood there. */
            around: z.array(gateName).min(1).max(200).optional(),
            reflog: text(300).optional(),
          }),
          z.strictObject({
            kind: z.literal('undone'),
            delivery: idOf('event'),
            at: instant,
            ref: z.string().max(250),
            /** The earlier move that was taken back. */
            old: commit.optional(),
            new: commit,
            by: commit,
          }),
          z.strictObject({
            kind: z.literal('protection'),
            delivery: idOf('event'),
            at: instant,
            /** Gates that the forge does not require, or that others can set; and those that somebody may go around. */
            off: z.array(gateName).max(200),
            weaker: z.array(gateName).max(200),
          }),
          z.strictObject({
            kind: z.literal('hook'),
            delivery: idOf('event'),
            at: instant,
            state: z.enum(['intact', 'missing', 'changed']),
            digest: digest.optional(),
            expected: digest.optional(),
          }),
        ]),
      )
      .min(1)
      .max(200),
  }),
  reply: z.strictObject({ taken: z.int(), already: z.int() }),
})
