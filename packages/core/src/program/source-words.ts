import { z } from 'zod'

/**
 * The scalars of the program file. Each message is the noun phrase that completes "expected …, found …", so that editors
 * and `check` say the same; bounds that the resolved program has stand here too, where a person can still be told.
 */
export const line = (max: number, words: string) =>
  z.string(words).refine(text => text.length <= max && text.trim() === text && text !== '', words)

const shortNameWords =
  'a name of lower-case letters, digits, dots, dashes and underscores, at most 64, such as payments-oncall'
export const shortName = z
  .string(shortNameWords)
  .max(64, shortNameWords)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, shortNameWords)

const memberWords = 'a group of the program, owners, an e-mail address, or an account such as github:kofi'
export const member = z
  .string(memberWords)
  .max(254, memberWords)
  .regex(/^\S(?:[^\n]*\S)?$/, memberWords)

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const durationPattern = /^(\d{1,8})([smhd])$/

/** Whole seconds of `90s`, `30m`, `4h`, `30d`; `undefined` for anything else. */
export function secondsIn(text: string): number | undefined {
  const [, digits = '', unit = ''] = durationPattern.exec(text) ?? []
  const seconds = secondsOf[unit]
  return seconds === undefined ? undefined : Number(digits) * seconds
}

/** A duration between two others, both included, written like them: `duration('1m', '24h')`. */
export function duration(least: string, most: string) {
  const words = `a duration from ${least} to ${most}, such as ${example(least, most)}`
  const [min, max] = [secondsIn(least) ?? 0, secondsIn(most) ?? 0]
  return z
    .string(words)
    .regex(durationPattern, words)
    .refine(text => isBetween(secondsIn(text), min, max), words)
    .transform(text => secondsIn(text) ?? min)
}

const isBetween = (value: number | undefined, min: number, max: number) =>
  value !== undefined && value >= min && value <= max

/** An example that lies within the bounds. */
function example(least: string, most: string): string {
  const [min = 0, max = 0] = [secondsIn(least), secondsIn(most)]
  return ['30m', '30d', '5m'].find(text => isBetween(secondsIn(text), min, max)) ?? most
}

const dueWords = 'a number of business days from 1 to 10, such as 2 business days'
export const businessDays = z
  .string(dueWords)
  .regex(/^([1-9]|10) business days?$/, dueWords)
  .transform(text => Number.parseInt(text, 10))

const percentWords = 'a percentage from 0% to 100% with at most two decimals, such as 5%'
/** Hundredths of a percent: what leaves for good holds whole numbers only. */
export const percent = z
  .string(percentWords)
  .regex(/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)%$/, percentWords)
  .transform(text => Math.round(Number.parseFloat(text) * 100))

const countWords = (min: number, max: number) => `a whole number from ${min} to ${max}`
export const count = (min: number, max: number) =>
  z.int(countWords(min, max)).min(min, countWords(min, max)).max(max, countWords(min, max))

const dateWords = 'a date such as 2026-12-25'
export const date = z.iso.date(dateWords)

const pathWords = 'a path below the program file, such as calendars/de-be.yaml, without .. and without a leading /'
/** Relative, forward slashes, no step upwards: what is included is reviewed beside the program. */
export const relativePath = z
  .string(pathWords)
  .max(200, pathWords)
  .refine(text => partsOf(text).every(part => part !== '' && part !== '.' && part !== '..'), pathWords)
  .refine(text => !/[:\\]/.test(text), pathWords)
  .transform(text => text.replace(/^\.\//, ''))

const partsOf = (text: string) => text.replace(/^\.\//, '').split('/')

const zoneWords = 'an IANA time zone such as Europe/Berlin'
export const zone = z.string(zoneWords).min(1, zoneWords).max(64, zoneWords)

export const list = <T extends z.ZodType>(item: T, words: string) =>
  z.array(item, words).max(1000, `${words}, at most 1000`)
export const someOf = <T extends z.ZodType>(item: T, words: string) => list(item, words).min(1, words)
