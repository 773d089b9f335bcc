import { z } from 'zod'
import { forumReportShape } from '../forum/report-shape.ts'
import { idOf } from '../ids.ts'
import { endpoint } from './endpoint.ts'
import { digest, gateName, instant, personRef, sentence } from './shapes.ts'

/** A statement is bounded, and so is a meeting of fifteen minutes. */
const forumDecisionsMax = 20

const day = z.iso.date()

const forumView = z.strictObject({
  id: idOf('forum'),
  heldAt: instant,
  chair: personRef,
  recordedBy: personRef,
  /** The report that lay before it, by the digest it is logged with. */
  report: z.strictObject({ digest, from: instant, to: instant }),
  /** `null`: the text was erased. */
  decisions: z.array(
    z.strictObject({
      gate: gateName,
      question: z.string().nullable(),
      decision: z.string().nullable(),
      owner: personRef,
      due: day,
    }),
  ),
  undecided: z.array(gateName),
})
export type ForumView = z.infer<typeof forumView>

const deliveredReport = z.strictObject({
  id: idOf('report'),
  digest,
  /** When it fell due, and when it was made. */
  dueAt: instant,
  at: instant,
  from: instant,
  to: instant,
  headline: z.string(),
  /** Where it is posted; absent `at`: not yet, or that channel was not connected when it fell due. `error`: of the last try. */
  posted: z.strictObject({ to: z.string(), at: instant.optional(), error: z.string().optional() }).optional(),
})

/** Where the program wants its reports posted, and whether the server was told of that channel. */
const publishing = z.strictObject({ to: z.string(), connected: z.boolean(), words: z.string() })

export const getForumReport = endpoint({
  id: 'getForumReport',
  method: 'get',
  path: '/forum/report',
  summary: 'The report for the forum, made now. Absent `from`: since the last forum, or the last 30 days.',
  tag: 'forum',
  access: 'person',
  query: z.strictObject({ from: instant.optional(), to: instant.optional() }),
  reply: z.strictObject({ report: forumReportShape, publish: publishing.optional() }),
  errors: ['bad_input', 'no_program'],
})

/** What is recorded of a forum, and the file that `forum hold --file` reads. */
export const forumRecord = z.strictObject({
  /** Absent: now. */
  heldAt: instant.optional(),
  /** Absent: the program's chair, or else whoever records it. */
  chair: z.string().min(1).max(254).optional(),
  /** The report that was read; absent: the newest delivered one since the last forum, or else one made now. */
  report: digest.optional(),
  decisions: z
    .array(
      z.strictObject({
        gate: gateName,
        /** Absent: the one that the report asks about this gate. */
        question: sentence.optional(),
        decision: sentence,
        owner: z.string().min(1).max(254),
        due: day,
      }),
    )
    .max(forumDecisionsMax),
})

export const holdForum = endpoint({
  id: 'holdForum',
  method: 'post',
  path: '/forums',
  summary: 'Record that the forum was held, and what it decided about which gate. By its chair or a program owner.',
  tag: 'forum',
  access: 'person',
  body: forumRecord,
  reply: forumView,
  errors: ['bad_input', 'unknown_person', 'not_allowed', 'not_found', 'no_program'],
})

export const listForums = endpoint({
  id: 'listForums',
  method: 'get',
  path: '/forums',
  summary: 'Forums that were held and reports that were delivered, newest first, and when the next is due.',
  tag: 'forum',
  access: 'person',
  reply: z.strictObject({
    forums: z.array(forumView),
    reports: z.array(deliveredReport),
    /** Absent where the program names no forum. */
    dueAt: instant.optional(),
    /** Seven days past its date and not held. */
    missed: z.boolean(),
    publish: publishing.optional(),
  }),
})

export const showForum = endpoint({
  id: 'showForum',
  method: 'get',
  path: '/forums/{id}',
  summary: 'One forum with the report it read, or one delivered report.',
  tag: 'forum',
  access: 'person',
  params: z.strictObject({ id: z.union([idOf('forum'), idOf('report')]) }),
  reply: z.strictObject({ forum: forumView.optional(), report: forumReportShape }),
})
