import { z } from 'zod'

/** The order of the agenda; a report has every section, also when there is nothing to say or nobody measured it. */
export const forumSections = [
  'decisions',
  'fix_next',
  'moved',
  'paths',
  'reviews',
  'waivers',
  'promises',
  'repairs',
  'disclosures',
  'unseen',
] as const
export type ForumSectionId = (typeof forumSections)[number]

const count = z.int().min(0)
const share = z.number().min(0).max(1)
/** A page of the dashboard below the server's address, and the command that shows the same. */
const target = z.strictObject({ path: z.string(), command: z.string() })
export type Target = z.infer<typeof target>

/** One number, never without what it was counted from. `n` is absent where the count is of things and not a share. */
const figure = z.strictObject({
  what: z.string(),
  x: count,
  n: count.optional(),
  interval: z.strictObject({ low: share, high: share }).optional(),
  window: z.strictObject({ from: z.string(), to: z.string() }),
  link: target,
})
export type Figure = z.infer<typeof figure>

const item = z.strictObject({
  /** What kind of line it is: `attention` asks for something, `good` is news worth telling. */
  tone: z.enum(['attention', 'good', 'plain']),
  gate: z.string().optional(),
  text: z.string(),
  /** What to do, in one sentence. */
  action: z.string().optional(),
  figures: z.array(figure),
  /** Weekly rates, a gap where nothing was seen. */
  weeks: z.array(share.nullable()).optional(),
  link: target.optional(),
})
export type ForumItem = z.infer<typeof item>

const section = z.strictObject({
  id: z.enum(forumSections),
  title: z.string(),
  minutes: z.int().min(1),
  items: z.array(item),
  /** Instead of items: why there are none. */
  empty: z.string().optional(),
  /** What of this section nobody measured, and why. */
  notMeasured: z.array(z.string()),
  /** Items beyond `itemsMax`, counted and not printed. */
  more: count,
})
export type ForumSection = z.infer<typeof section>

/** docs/formats/forum.md "The report". */
export const forumReportShape = z.strictObject({
  format: z.literal('breakglass-forum/1'),
  organization: z.string(),
  period: z.strictObject({ from: z.string(), to: z.string() }),
  at: z.string(),
  /** The one sentence to read aloud. */
  headline: z.string(),
  /** What the forum is asked to decide, gate by gate; `forum hold` answers these. */
  questions: z.array(z.strictObject({ gate: z.string(), question: z.string() })),
  sections: z.array(section),
})
export type ForumReport = z.infer<typeof forumReportShape>
