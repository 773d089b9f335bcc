/**
 * Words that judge a person where the review asks about the system. It remarks and never blocks: a linter that blocks
 * teaches people to write nothing. It knows English only, and it will miss much.
 */
export function blameRemarks(text: string): string[] {
  const remarks = blameWords.flatMap(({ pattern, instead }) => {
    const found = new Set([...text.matchAll(pattern)].map(match => match[0].toLowerCase()))
    return [...found].map(words => `“${words}”: ${instead}`)
  })
  return [...new Set(remarks)]
}

const system = 'say what in the system made it likely, not what somebody should have been'
const knowledge = 'say what could be seen at the time, not what is known now'

const blameWords: { pattern: RegExp; instead: string }[] = [
  {
    pattern: /\b(careless|reckless|negligent|sloppy|lazy|irresponsible|incompetent|unprofessional)(ly|ness)?\b/giu,
    instead: system,
  },
  { pattern: /\b(negligence|incompetence|recklessness|stupid(ity)?|idiot(ic)?|dumb|clueless)\b/giu, instead: system },
  // “default”, “page fault” and “segfault” are words of the trade.
  {
    pattern: /\b(at fault|to blame|(his|her|their|your|my|\p{Lu}\p{Ll}+['’]s) (own )?(fault|mistake))\b/gu,
    instead: system,
  },
  { pattern: /(?<!git )\bblam(e|ed|es|ing)\b/giu, instead: system },
  {
    pattern: /\b(human|user|operator) error\b/giu,
    instead: 'it ends the question too early; say what made the error easy',
  },
  {
    pattern: /\b(should|could|ought to) have (known|noticed|realised|realized|checked|asked|seen)\b/giu,
    instead: knowledge,
  },
  { pattern: /\b(failed|neglected|forgot|refused) to\b/giu, instead: 'say what was done and why it made sense then' },
  { pattern: /\b(obviously|clearly) (wrong|should|knew)\b/giu, instead: knowledge },
]
