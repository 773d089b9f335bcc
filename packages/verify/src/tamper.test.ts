import { describe, expect, it } from 'vitest'
import { formatTlogProof, parseTlogProof } from './proof.ts'
import { valueOf } from './testing/check.ts'
import { allWitnesses, grantedMs, grantOf, logged, question, trustOf, witnessedPolicyText } from './testing/world.ts'
import { formatTrust, parseTrust } from './trust.ts'
import { verifyGrant } from './verify-grant.ts'

/**
 * Whatever one character is changed into, anywhere in what a gate is shown or has pinned: it is refused, or it changes nothing of
 * what was said. The kinds of alteration one by one, each with its own fault, stand in the tests of the parts: grant, statement,
 * checkpoint, policy, trust.json, export, tiles.
 */

const extra = new Uint8Array(12).fill(7)
const sound = logged(grantOf(), { cosigners: allWitnesses(grantedMs / 1000) })
const proof = formatTlogProof({ ...valueOf(parseTlogProof(sound.proof)), extra })
const trustText = formatTrust(trustOf(witnessedPolicyText))
const trust = valueOf(parseTrust(trustText))
const truth = JSON.stringify(valueOf(verifyGrant({ jws: sound.jws, proof }, trust, question)).grant)

const opens = (jws: string, proofText: string, pinned = trust): boolean => {
  const verdict = verifyGrant({ jws, proof: proofText }, pinned, question)
  if (!verdict.ok) return false
  // What opened is what was granted, or the change would have made the gate believe another grant.
  expect(JSON.stringify(verdict.value.grant)).toBe(truth)
  return true
}

/** Others that a text of this kind may hold, so that the change is not refused for its alphabet alone. */
const replacements = ['A', '0', '\n', '']

function changesOf(text: string): { at: number; changed: string }[] {
  return Array.from(text, (_, at) => at).flatMap(at =>
    replacements
      .filter(other => other !== text[at])
      .map(other => ({ at, changed: text.slice(0, at) + other + text.slice(at + 1) })),
  )
}

/** The line of the proof, counted from 0, that a place lies in. */
const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length - 1

describe('one changed character', { timeout: 60_000 }, () => {
  it('of the statement is refused, wherever it is', () => {
    expect(opens(sound.jws, proof)).toBe(true)
    for (const { changed } of changesOf(sound.jws)) expect(opens(changed, proof)).toBe(false)
  })

  it('of the proof is refused, but for the line that C2SP leaves open and the cosignature that is not needed', () => {
    const lines = proof.split('\n')
    const immaterial = new Set(
      changesOf(proof).flatMap(({ at, changed }) => (opens(sound.jws, changed) ? lineAt(proof, at) : [])),
    )
    const names = [...immaterial].map(line => lines[line]?.replace(/ [^ ]*$/, ''))
    // A line whose name or key is changed is a stranger's, and two of three witnesses are enough. One that keeps its name fails.
    expect(names.filter(name => name !== 'extra' && !/^— witness\d\.example$/.test(name ?? ''))).toEqual([])
    expect(names).toContain('extra')
  })

  it('of a signature under a known name and key is refused, though the others would do', () => {
    const lines = proof.split('\n').flatMap((line, at) => (line.startsWith('— ') ? [at] : []))
    expect(lines).toHaveLength(4)
    for (const at of lines) {
      const text = proof.split('\n')
      const line = text[at]!
      // The last characters are the signature's; the first ones the key's id, which makes it a stranger's.
      text[at] = `${line.slice(0, -8)}${line.at(-8) === 'A' ? 'B' : 'A'}${line.slice(-7)}`
      expect(opens(sound.jws, text.join('\n'))).toBe(false)
    }
  })

  it('of the pinned trust.json never opens by another key, gate or organisation', () => {
    let opened = 0
    for (const { changed } of changesOf(trustText)) {
      const pinned = parseTrust(changed)
      if (pinned.ok && opens(sound.jws, proof, pinned.value)) opened++
    }
    // White space, another point's id, names that mean something only inside the policy, a witness who was not needed.
    expect(opened).toBeGreaterThan(0)
  })
})
