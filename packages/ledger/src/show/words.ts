import type { Explanation, StatementFacts } from './explain.ts'

/** For a person at a terminal. */
export function explanationLines(explanation: Explanation): string[] {
  const { index, leaf, length, statement, path, checkpoint, cosigners, strangers } = explanation
  return [
    `entry       #${index} of ${checkpoint.origin}, ${length} bytes`,
    `leaf        ${leaf}`,
    ...(statement === undefined
      ? ['statement   none: these bytes are no statement of Breakglass']
      : statementLines(statement)),
    '',
    path.length === 0
      ? 'path        none: it is the only entry, and its hash is the root'
      : `path        ${path.length} hashes lead from it to the root; each is put on its side and hashed with what is known`,
    ...path.map(({ side, sibling, makes }, at) => {
      const known = `known ${short(at === 0 ? leaf.slice('sha256:'.length) : (path[at - 1]?.makes ?? ''))}`
      const pair = side === 'left' ? `${short(sibling)} + ${known}` : `${known} + ${short(sibling)}`
      return `  ${String(at + 1).padStart(2)}  ${pair.padEnd(38)} → ${short(makes)}`
    }),
    '',
    `checkpoint  ${checkpoint.size} entries, root ${checkpoint.root}`,
    `signed by   ${checkpoint.logKey}`,
    ...(cosigners.length === 0 ? ['cosigners   none that the policy knows'] : []),
    ...cosigners.map(({ name, at }) => `cosigner    ${name}, who had seen no larger tree at ${at}`),
    ...strangers.map(name => `unknown     a signature in the name of ${name}, which nobody here vouches for`),
  ]
}

function statementLines({ kind, sid, subject, seq, prev, at, organization, kid, signature }: StatementFacts): string[] {
  return [
    `statement   ${kind}, ${sid}, said at ${at} in ${organization}`,
    `about       ${subject}: number ${seq} of its chain${prev === undefined ? ', the first' : `, after ${prev}`}`,
    `key         ${kid}: ${signatureWords(signature)}`,
  ]
}

function signatureWords(signature: StatementFacts['signature']): string {
  if (signature === 'holds') return 'its signature holds, by the pinned trust.json'
  if (signature === 'unchecked') return 'not checked; give --trust trust.json'
  return `DOES NOT HOLD: ${signature.faults.join('; ')}`
}

const short = (hex: string): string => `${hex.slice(0, 12)}…`
