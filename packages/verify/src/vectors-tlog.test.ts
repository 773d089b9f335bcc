import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeUtf8 } from './bytes.ts'
import { meetsQuorum, parseTrustPolicy } from './policy.ts'
import { formatTlogProof, parseTlogProof, type TlogProof } from './proof.ts'
import { codesOf, valueOf } from './testing/check.ts'

const folder = new URL('../../../vectors/', import.meta.url)
// Data files of this repository: their shape is what the tests below say.
const json = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

interface Refused {
  name: string
  policy: string
}

describe('published trust policies', () => {
  const { accepted, refused, satisfied } = json('tlog-policy.json')
  type Accepted = Refused & { witnesses: number; groups: number; quorum: string }

  it.each(accepted as Accepted[])('are read: $name', ({ policy, witnesses, groups, quorum }) => {
    const read = valueOf(parseTrustPolicy(policy))
    expect([read.witnesses.length, read.groups.length, read.quorum]).toEqual([witnesses, groups, quorum])
  })

  it.each(refused as Refused[])('are refused: $name', ({ policy }) => {
    expect(codesOf(parseTrustPolicy(policy))).toEqual(['bad_policy'])
  })

  const cases: { cosigned: string[]; met: boolean }[] = satisfied.cases
  it.each(cases)('are met by $cosigned: $met', ({ cosigned, met }) => {
    expect(meetsQuorum(valueOf(parseTrustPolicy(satisfied.policy)), new Set(cosigned))).toBe(met)
  })
})

describe('published tlog-proofs', () => {
  const { accepted, refused } = json('tlog-proof.json')
  interface Accepted {
    name: string
    text: string
    index: number
    path: string[]
    checkpoint: string
    extra?: string
  }

  it.each(accepted as Accepted[])('are read and written: $name', ({ text, index, path, checkpoint, extra }) => {
    const proof: TlogProof = {
      index,
      path: path.map(hash => decodeBase64(hash)!),
      checkpoint,
      ...(extra !== undefined && { extra: encodeUtf8(extra) }),
    }
    expect(formatTlogProof(proof)).toBe(text)
    expect(formatTlogProof(valueOf(parseTlogProof(text)))).toBe(text)
  })

  it.each(refused as { name: string; text: string }[])('are refused: $name', ({ text }) => {
    expect(codesOf(parseTlogProof(text))).toEqual(['bad_proof'])
  })
})
