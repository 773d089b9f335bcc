import { describe, expect, it } from 'vitest'
import { cosignerFromSeed } from './cosignature.ts'
import { meetsQuorum, parseTrustPolicy, policyHasWitnesses } from './policy.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { logSigner, noteSigner, seedOf, witnesses } from './testing/world.ts'

const log = `log ${logSigner.vkey}`
const [w1, w2, w3] = witnesses.map(({ vkey }) => vkey)
const three = `witness a ${w1}\nwitness b ${w2}\nwitness c ${w3}`

describe('trust policies', () => {
  it('reads comments, white space, URLs and any order of logs and witnesses', () => {
    const text = `# who\n\n\t witness  a\t${w1}  https://a.example \n  # more\n${log} https://log.example\nquorum a\n`
    const policy = valueOf(parseTrustPolicy(text))
    expect(policy.logs).toEqual([
      { key: expect.objectContaining({ name: logSigner.name }), url: 'https://log.example' },
    ])
    expect(policy.witnesses[0]).toMatchObject({ name: 'a', url: 'https://a.example' })
    expect(policyHasWitnesses(policy)).toBe(true)
  })

  it('needs no witnesses where the quorum is none, though some are named', () => {
    const policy = valueOf(parseTrustPolicy(`${log}\n${three}\nquorum none\n`))
    expect(policyHasWitnesses(policy)).toBe(false)
    expect(meetsQuorum(policy, new Set())).toBe(true)
  })

  it.each([
    ['quorum b', ['b'], true],
    ['quorum b', ['a', 'c'], false],
    ['group g any a b c\nquorum g', ['c'], true],
    ['group g any a b c\nquorum g', [], false],
    ['group g all a b c\nquorum g', ['a', 'b', 'c'], true],
    ['group g all a b c\nquorum g', ['a', 'b'], false],
    ['group g 2 a b c\nquorum g', ['a', 'c'], true],
    ['group g 2 a b c\nquorum g', ['a'], false],
    ['group g any a b\ngroup h all g c\nquorum h', ['b', 'c'], true],
    ['group g any a b\ngroup h all g c\nquorum h', ['a', 'b'], false],
    ['group g 2 a b\nquorum c', ['a', 'b'], false],
    ['group g 2 a b\nquorum g', ['a', 'somebody else'], false],
  ])('judges %j with cosignatures of %j', (rules, cosigned, expected) => {
    const policy = valueOf(parseTrustPolicy(`${log}\n${three}\n${rules}\n`))
    expect(meetsQuorum(policy, new Set(cosigned))).toBe(expected)
  })

  it.each([
    ['no quorum', `${log}\n`],
    ['two quorums', `${log}\nquorum none\nquorum none\n`],
    ['no line end', `${log}\nquorum none`],
    ['an unknown quorum', `${log}\nquorum x\n`],
    ['a quorum before its witness', `quorum a\nwitness a ${w1}\n`],
    ['an unknown word', `${log}\nfriend a\nquorum none\n`],
    ['a vkey that is none', 'log acme+1+x\nquorum none\n'],
    ['a log key that is a witness key', `log ${w1}\nquorum none\n`],
    ['a witness key that is a log key', `witness a ${logSigner.vkey}\nquorum none\n`],
    ['the same log twice', `${log}\n${log}\nquorum none\n`],
    ['the same log key under two names', `${log}\nlog ${noteSigner('other', seedOf(4)).vkey}\nquorum none\n`],
    ['the same witness key twice', `witness a ${w1}\nwitness b ${w1}\nquorum none\n`],
    ['a name twice', `witness a ${w1}\nwitness a ${w2}\nquorum none\n`],
    ['a witness called none', `witness none ${w1}\nquorum none\n`],
    ['a group of nothing', `${three}\ngroup g any\nquorum g\n`],
    ['a group of itself', `${three}\ngroup g any g\nquorum g\n`],
    ['a group of a later line', `group g any a\n${three}\nquorum g\n`],
    ['a member of two groups', `${three}\ngroup g any a\ngroup h any a\nquorum g\n`],
    ['a member twice', `${three}\ngroup g 2 a a\nquorum g\n`],
    ['none as a member', `${three}\ngroup g any none\nquorum g\n`],
    ['a threshold of 0', `${three}\ngroup g 0 a\nquorum g\n`],
    ['a threshold past the members', `${three}\ngroup g 4 a b c\nquorum g\n`],
    ['a threshold with a leading zero', `${three}\ngroup g 01 a\nquorum g\n`],
    ['a word too many', `${log} https://a b\nquorum none\n`],
    ['a carriage return', `${log}\r\nquorum none\n`],
    ['DEL', `# \x7f\n${log}\nquorum none\n`],
    ['65 witnesses', `${manyWitnesses(65)}\nquorum none\n`],
  ])('refuses %s', (_, text) => {
    expect(codesOf(parseTrustPolicy(text))).toEqual(['bad_policy'])
  })

  it('takes 32 logs, witnesses and groups, as the specification asks', () => {
    const logs = Array.from({ length: 32 }, (_, index) => `log ${noteSigner(`log${index}`, seedOf(index + 100)).vkey}`)
    const groups = Array.from({ length: 32 }, (_, index) => `group g${index} any n${index}`)
    const text = [...logs, manyWitnesses(32), ...groups, 'quorum g31', ''].join('\n')
    expect(meetsQuorum(valueOf(parseTrustPolicy(text)), new Set(['n31']))).toBe(true)
  })

  it('answers to a long chain of groups without exhausting the stack', () => {
    const chain = Array.from({ length: 63 }, (_, index) => `group g${index + 1} all g${index}`)
    const text = `${three}\ngroup g0 any a\n${chain.join('\n')}\nquorum g63\n`
    expect(meetsQuorum(valueOf(parseTrustPolicy(text)), new Set(['a']))).toBe(true)
  })
})

function manyWitnesses(count: number): string {
  return Array.from({ length: count }, (_, index) => `witness n${index} ${cosignerKey(index)}`).join('\n')
}

function cosignerKey(index: number): string {
  const seed = seedOf(index + 140)
  seed[0] = index
  return cosignerFromSeed(`n${index}`, seed).vkey
}
