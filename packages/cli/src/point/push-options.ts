import { carriedBytesMax, statementBytesMax } from '@breakglass/verify'

/** What was handed along with a push. Nothing in it has been verified. */
export interface HandedEvidence {
  /** In the carried form. */
  grants: string[]
  receipts: string[]
}

export const pushOptionsMax = 200
export const handedMax = 64

export type ParsedPushOptions = { ok: true; handed: HandedEvidence } | { ok: false; words: string }

const prefix = 'breakglass.'
/** The carried form names itself (docs/formats/grant.md), so the file of a grant is a push option as it is. */
const carriedPrefix = 'bg1~'

/**
 * Reads `git push -o "$(cat grant.bg)"`, the same as `-o breakglass.grant=bg1~…`, and `-o breakglass.receipt=<jws>` from the
 * environment that receive-pack gives its hooks. Other programs' options are left alone; an unknown one of ours is refused,
 * for whoever wrote it meant something.
 */
export function parsePushOptions(env: Readonly<Record<string, string | undefined>>): ParsedPushOptions {
  const countText = env['GIT_PUSH_OPTION_COUNT'] ?? '0'
  if (!/^(0|[1-9][0-9]{0,5})$/.test(countText)) return refuse('the count of push options is not a number')
  const count = Number(countText)
  if (count > pushOptionsMax) return refuse(`${count} push options, at most ${pushOptionsMax}`)
  const handed: HandedEvidence = { grants: [], receipts: [] }
  for (let index = 0; index < count; index++) {
    const words = readOption(env[`GIT_PUSH_OPTION_${index}`], handed)
    if (words !== undefined) return refuse(words)
  }
  if (handed.grants.length + handed.receipts.length > handedMax) {
    return refuse(`more than ${handedMax} grants and receipts in one push`)
  }
  return { ok: true, handed }
}

/** Adds to `handed`, or says why not. */
function readOption(option: string | undefined, handed: HandedEvidence): string | undefined {
  if (option === undefined) return 'a push option is missing'
  if (option.startsWith(carriedPrefix)) {
    return take(option, handed.grants, { name: 'breakglass.grant', max: carriedBytesMax })
  }
  if (!option.toLowerCase().startsWith(prefix)) return undefined
  const split = option.indexOf('=')
  const name = split === -1 ? option : option.slice(0, split)
  const value = split === -1 ? '' : option.slice(split + 1)
  if (name === 'breakglass.grant') return take(value, handed.grants, { name, max: carriedBytesMax })
  if (name === 'breakglass.receipt') return take(value, handed.receipts, { name, max: statementBytesMax })
  return `the push option ${JSON.stringify(name.slice(0, 60))} is not known; there are breakglass.grant and breakglass.receipt`
}

function take(value: string, list: string[], { name, max }: { name: string; max: number }): string | undefined {
  if (value.length > max) return `the push option ${name} is longer than ${max} characters`
  if (!/^[\x21-\x7e]+$/.test(value)) return `the push option ${name} has no value of plain characters`
  if (!list.includes(value)) list.push(value)
  return undefined
}

function refuse(words: string): ParsedPushOptions {
  return { ok: false, words }
}
