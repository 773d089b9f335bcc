import { z } from 'zod'
import type { Actor, Reading, RepositoryRef, Told } from './told.ts'

/**
 * Tolerant parts: GitHub adds fields, Enterprise Server is years behind, and recorded payloads differ from the published
 * schema. What is not needed is never the reason to refuse; what is needed and missing is said by name.
 */
export const opt = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)

export const listOf = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema.optional().catch(undefined))
    .catch([])
    .transform(items => items.filter(item => item !== undefined))

export const text = z.string().max(4096)

/** A number of theirs as a text of ours: no arithmetic is ever done with it. */
export const id = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String)

export const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)

/** The end of a push; all zeros is nothing. */
export const endOfPush = sha.transform(each => (/^0+$/.test(each) ? '' : each))

/** A date with its zone, or seconds since 1970 as in `repository.pushed_at` of a push; to ms. */
export const instant = z.union([
  z
    .int()
    .min(0)
    .max(8.64e12)
    .transform(seconds => seconds * 1000),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/)
    .transform(written => Date.parse(written))
    .refine(Number.isFinite),
])

export const actor = z
  .object({ id, login: opt(text), type: opt(text) })
  .transform(
    ({ id, login, type }): Actor => ({ id, login, isBot: type === 'Bot' || login?.endsWith('[bot]') === true }),
  )

export const repository = z
  .object({ id, full_name: text })
  .transform(({ id, full_name }): RepositoryRef => ({ id, name: full_name }))

/** The action of an event, or nothing. */
export const actionOf = (body: unknown): string => z.object({ action: text }).safeParse(body).data?.action ?? ''

/** Reads a body as `schema`; what it lacks is said by its path, with nothing of its content. */
export function readAs<T extends z.ZodType>(
  schema: T,
  body: unknown,
  then: (fields: z.output<T>) => Told | readonly Told[] | Reading,
): Reading {
  const parsed = schema.safeParse(body)
  if (!parsed.success) return { is: 'unknown', what: `without ${placeOf(parsed.error)}` }
  const result = then(parsed.data)
  if ('is' in result) return result
  return { is: 'told', told: 'kind' in result ? [result] : [...result] }
}

const placeOf = ({ issues }: z.ZodError): string => issues[0]?.path.map(String).join('.') || 'a body'

export const ignored = (why: string): Reading => ({ is: 'ignored', why })

export const unknownAction = (event: string, action: string): Reading => ({
  is: 'unknown',
  what: action === '' ? `${event} without an action` : `${event}.${action.slice(0, 100)}`,
})
