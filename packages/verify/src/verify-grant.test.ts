import { describe, expect, it } from 'vitest'
import type { Scope } from './body/scope.ts'
import { decodeBase64url, decodeUtf8, encodeBase64, encodeBase64url, encodeUtf8 } from './bytes.ts'
import type { Json } from './canonical-json.ts'
import { digestOf } from './digest.ts'
import type { FaultCode } from './fault.ts'
import type { Logged } from './judge.ts'
import { signNote } from './note-signer.ts'
import { formatTlogProof, parseTlogProof, type TlogProof } from './proof.ts'
import { leafHash } from './statement.ts'
import { codesOf, valueOf } from './testing/check.ts'
import {
  allWitnesses,
  grantedBody,
  grantedMs,
  grantOf,
  idOf,
  issuer,
  jsonOf,
  logged,
  logOf,
  logSigner,
  neighbours,
  noteSigner,
  origin,
  pointKey,
  question,
  scope,
  seedOf,
  statementOf,
  stranger,
  trustOf,
  witnessedPolicyText,
  witnesses,
} from './testing/world.ts'
import type { Trust } from './trust.ts'
import { type GrantQuestion, verifyGrant } from './verify-grant.ts'

const grant = grantOf()
const sound = logged(grant)
const trust = trustOf()
const witnessedTrust = trustOf(witnessedPolicyText)
const [header = '', payload = '', signature = ''] = grant.split('.')

interface Case {
  logged?: Logged
  trust?: Trust
  question?: Partial<GrantQuestion>
  /** Members of the question that are left out. */
  without?: 'ref'
}

function judge({ logged = sound, trust: pinned = trust, question: change = {}, without }: Case): FaultCode[] {
  const asked = { ...question, ...change }
  if (without !== undefined) delete asked[without]
  return codesOf(verifyGrant(logged, pinned, asked))
}

function withProof(change: (proof: TlogProof) => TlogProof): Logged {
  return { jws: grant, proof: formatTlogProof(change(valueOf(parseTlogProof(sound.proof)))) }
}

/** Header and payload as other text, under a signature of the issuer: sound in all but what was changed. */
function resigned(headerText: string, payloadText: string): Logged {
  const input = `${encodeBase64url(encodeUtf8(headerText))}.${encodeBase64url(encodeUtf8(payloadText))}`
  return logged(`${input}.${encodeBase64url(issuer.sign(encodeUtf8(input)))}`)
}

const headerText = decodeUtf8(decodeBase64url(header)!)!
const payloadText = decodeUtf8(decodeBase64url(payload)!)!
const scoped = (change: Partial<Scope>): Logged => logged(grantOf({ scope: change }))
const bodied = (change: Record<string, Json | undefined>): Logged => logged(grantOf({ body: change }))
const issuers = (change: Partial<Trust['issuers'][number]>): Trust => {
  return { ...trust, issuers: trust.issuers.map(issuer => ({ ...issuer, ...change })) }
}
const flip = (text: string): string => text.slice(0, 10) + (text[10] === 'A' ? 'B' : 'A') + text.slice(11)
const checkpointOf = (proof: string): string => proof.slice(proof.indexOf('\n\n') + 2)

describe('verifyGrant', () => {
  it('opens what was asked, and says what it stands on', () => {
    const verified = valueOf(verifyGrant(sound, trust, question))
    expect(verified).toMatchObject({
      id: idOf('g', 1),
      sid: idOf('s', 1),
      index: 7,
      leaf: leafHash(grant),
      grant: grantedBody,
    })
    expect(verified.checkpoint).toMatchObject({ origin, size: 12 })
  })

  it.each<[string, Case]>([
    ['a deployment', scopedCase({ boundary: 'deploy', change: { deployment: 'd1', artifact: digestOf('a') } })],
    ['an operation without a ref', operation()],
    ['ten uses', { logged: scoped({ uses: 10 }) }],
    ['an offline grant of 30 minutes', { logged: scoped({ mode: 'offline' }) }],
    ['a grant of 24 hours', { logged: scoped({ expiresAt: '2026-11-24T03:00:00.000Z' }) }],
    ['a grant without incident', { logged: bodied({ incident: undefined }) }],
    ['a gate whose clock is 60 s behind', { question: { nowMs: grantedMs - 60_000 } }],
    ['the last millisecond', { question: { nowMs: grantedMs + 1_800_000 - 1 } }],
    ['a single entry', { logged: logOf([grant]).logged[0]! }],
    ['extra data in the proof', { logged: withProof(proof => ({ ...proof, extra: Uint8Array.of(1) })) }],
    ['an issuer allowed for this kind alone', { trust: issuers({ kinds: ['glass.granted'] }) }],
    ['an issuer ended just after', { trust: issuers({ ranges: [{ origin, fromIndex: 7, untilIndex: 8 }] }) }],
    ['the second of two logs', { trust: secondLog() }],
  ])('opens %s', (_, given) => {
    expect(judge(given)).toEqual([])
  })

  it.each<[string, Case, FaultCode[]]>([
    // The question is another.
    ['another point', { question: { at: idOf('pt', 2) } }, ['wrong_point']],
    ['another boundary', { question: { boundary: 'deploy' } }, ['wrong_boundary']],
    ['another gate', { question: { gate: 'payments/smoke' } }, ['wrong_gate']],
    ['another forge', { question: { repository: { ...scope.repository, forge: 'github' } } }, ['wrong_repository']],
    ['another host', { question: { repository: { ...scope.repository, host: 'evil.example' } } }, ['wrong_repository']],
    [
      'another repository',
      { question: { repository: { ...scope.repository, id: idOf('r', 2) } } },
      ['wrong_repository'],
    ],
    ['another ref', { question: { ref: 'refs/heads/release' } }, ['wrong_ref']],
    ['another commit', { question: { change: { commit: `sha1:${'ac'.repeat(20)}` } } }, ['wrong_change']],
    [
      'the same digits as another hash',
      { question: { change: { commit: `sha256:${'ab'.repeat(32)}` } } },
      ['wrong_change'],
    ],
    ['an operation for a commit', { question: { change: { operation: digestOf('x') } } }, ['wrong_change']],
    ['a time 61 s before', { question: { nowMs: grantedMs - 60_001 } }, ['not_yet_valid']],
    ['the time of expiry', { question: { nowMs: grantedMs + 1_800_000 } }, ['expired']],
    ['no time at all', { question: { nowMs: Number.NaN } }, ['expired', 'not_yet_valid']],
    ['no ref for a grant that names one', { without: 'ref' }, ['wrong_ref']],
    // The scope was signed and logged as something else.
    ['a scope of another point', { logged: scoped({ at: idOf('pt', 2) }) }, ['wrong_point']],
    ['a scope of another boundary', { logged: scoped({ boundary: 'deploy' }) }, ['wrong_boundary']],
    ['a scope of another gate', { logged: scoped({ gate: 'payments' }) }, ['wrong_gate']],
    ['a scope of another ref', { logged: scoped({ ref: 'refs/heads/main2' }) }, ['wrong_ref']],
    ['a scope of an operation, asked for a ref', refless(), ['wrong_ref']],
    ['a scope of a later time', { logged: scoped({ grantedAt: '2026-11-23T03:10:00.000Z' }) }, ['not_yet_valid']],
    [
      'a scope of an earlier time',
      { logged: scoped({ grantedAt: '2026-11-23T02:00:00.000Z', expiresAt: '2026-11-23T03:01:00.000Z' }) },
      ['expired'],
    ],
    ['a ttl under 60 s', { logged: scoped({ expiresAt: '2026-11-23T03:00:59.999Z' }) }, ['bad_body']],
    ['a ttl over 24 h', { logged: scoped({ expiresAt: '2026-11-24T03:00:00.001Z' }) }, ['ttl_too_long']],
    [
      'an offline ttl over 30 min',
      { logged: scoped({ mode: 'offline', expiresAt: '2026-11-23T03:30:00.001Z' }) },
      ['ttl_too_long'],
    ],
    ['eleven uses', { logged: scoped({ uses: 11 }) }, ['bad_body']],
    ['no use', { logged: scoped({ uses: 0 }) }, ['bad_body']],
    ['a merge without a ref', { logged: bodied({ scope: withoutRef() }) }, ['bad_body']],
    ['a gate with a wildcard', { logged: scoped({ gate: 'payments/*' }) }, ['bad_body']],
    [
      'a change of two kinds',
      { logged: scoped({ change: { ...scope.change, operation: digestOf('x') } }) },
      ['unknown_member'],
    ],
    [
      'an unknown member of the scope',
      { logged: bodied({ scope: { ...jsonOf(scope), extend: true } }) },
      ['unknown_member'],
    ],
    ['an unknown member of the body', { logged: bodied({ forever: true }) }, ['unknown_member']],
    ['a missing member of the body', { logged: bodied({ reasons: undefined }) }, ['bad_body']],
    ['a name where an id belongs', { logged: bodied({ actor: 'ana@acme.dev' }) }, ['bad_body']],
    [
      'another kind with the same body',
      { logged: logged(statementOf({ kind: 'glass.requested', body: jsonOf(grantedBody) })) },
      ['wrong_kind'],
    ],
    [
      'another kind of subject',
      { logged: logged(statementOf({ kind: 'glass.granted', subject: idOf('rq', 1), body: jsonOf(grantedBody) })) },
      ['bad_envelope'],
    ],
    // The statement was changed after signing.
    [
      'a changed payload',
      { logged: { ...sound, jws: `${header}.${flip(payload)}.${signature}` } },
      ['bad_signature', 'not_included'],
    ],
    [
      'a payload of another grant',
      { logged: { ...sound, jws: `${header}.${scoped({ uses: 2 }).jws.split('.')[1]}.${signature}` } },
      ['bad_signature', 'not_included'],
    ],
    [
      'a changed signature',
      { logged: { ...sound, jws: `${header}.${payload}.${flip(signature)}` } },
      ['bad_signature', 'not_included'],
    ],
    [
      'a signature that was logged, and is not one',
      { logged: logged(`${header}.${payload}.${flip(signature)}`) },
      ['bad_signature'],
    ],
    [
      'a short signature',
      { logged: { ...sound, jws: `${header}.${payload}.${signature.slice(0, 40)}` } },
      ['bad_base64url'],
    ],
    ['padding', { logged: { ...sound, jws: `${grant}==` } }, ['bad_base64url']],
    [
      'unused bits set',
      { logged: { ...sound, jws: `${grant.slice(0, -1)}${nextLetter(grant.at(-1)!)}` } },
      ['bad_base64url'],
    ],
    ['a line end', { logged: { ...sound, jws: `${grant}\n` } }, ['not_ascii']],
    ['a space', { logged: { ...sound, jws: ` ${grant}` } }, ['bad_base64url']],
    ['a fourth part', { logged: { ...sound, jws: `${grant}.` } }, ['bad_base64url']],
    ['a letter that is not ASCII', { logged: { ...sound, jws: `ä${grant.slice(1)}` } }, ['not_ascii']],
    ['25 KiB', { logged: { ...sound, jws: `${header}.${'A'.repeat(25_000)}.${signature}` } }, ['too_large']],
    // The header is another, under a fresh signature and a fresh proof.
    ['alg none', { logged: resigned(headerText.replace('Ed25519', 'none'), payloadText) }, ['bad_header']],
    ['alg EdDSA', { logged: resigned(headerText.replace('Ed25519', 'EdDSA'), payloadText) }, ['bad_header']],
    ['no crit', { logged: resigned(headerText.replace('"crit":["log"],', ''), payloadText) }, ['bad_header']],
    ['a member too many', { logged: resigned(headerText.replace('}', ',"x":1}'), payloadText) }, ['bad_header']],
    [
      'another order',
      {
        logged: resigned(
          headerText.replace('"alg":"Ed25519","crit":["log"]', '"crit":["log"],"alg":"Ed25519"'),
          payloadText,
        ),
      },
      ['bad_header'],
    ],
    ['white space', { logged: resigned(`${headerText} `, payloadText) }, ['bad_header']],
    ['an unknown typ', { logged: resigned(headerText.replace('breakglass+jws', 'JWT'), payloadText) }, ['bad_header']],
    [
      'the typ of a report',
      { logged: resigned(headerText.replace('breakglass+jws', 'breakglass-report+jws'), payloadText) },
      ['bad_envelope'],
    ],
    [
      'another organisation',
      { logged: logged(statementOf({ kind: 'glass.granted', body: jsonOf(grantedBody) }, { log: idOf('o', 2) })) },
      ['wrong_organization'],
    ],
    [
      'a stranger who signs as himself',
      { logged: logged(statementOf({ kind: 'glass.granted', body: jsonOf(grantedBody) }, { signer: stranger })) },
      ['unknown_issuer'],
    ],
    [
      'a stranger who signs as the issuer',
      {
        logged: logged(
          statementOf(
            { kind: 'glass.granted', body: jsonOf(grantedBody) },
            { signer: { ...stranger, kid: issuer.kid } },
          ),
        ),
      },
      ['bad_signature'],
    ],
    [
      'a point that grants',
      { logged: logged(statementOf({ kind: 'glass.granted', body: jsonOf(grantedBody) }, { signer: pointKey })) },
      ['unknown_issuer'],
    ],
    // The payload is another spelling or another envelope, under a fresh signature and a fresh proof.
    [
      'a duplicate member',
      { logged: resigned(headerText, payloadText.replace('"v":1', '"v":1,"v":1')) },
      ['not_canonical'],
    ],
    [
      'a duplicate scope',
      { logged: resigned(headerText, payloadText.replace('"uses":1', '"uses":9,"uses":1')) },
      ['not_canonical'],
    ],
    ['white space in the payload', { logged: resigned(headerText, payloadText.replace(':', ': ')) }, ['not_canonical']],
    [
      'another order in the payload',
      { logged: resigned(headerText, payloadText.replace(/,"v":1\}$/, '}').replace('{', '{"v":1,')) },
      ['not_canonical'],
    ],
    [
      'an escape that need not be',
      { logged: resigned(headerText, payloadText.replace('payments', '\\u0070ayments')) },
      ['not_canonical'],
    ],
    ['null', { logged: resigned(headerText, payloadText.replace('"uses":1', '"uses":null')) }, ['bad_json']],
    ['a fraction', { logged: resigned(headerText, payloadText.replace('"uses":1', '"uses":1.5')) }, ['bad_json']],
    ['version 2', { logged: resigned(headerText, payloadText.replace('"v":1', '"v":2')) }, ['bad_envelope']],
    [
      'an unknown member of the envelope',
      { logged: resigned(headerText, payloadText.replace(/\}$/, ',"w":1}')) },
      ['unknown_member'],
    ],
    [
      'prev at seq 1',
      { logged: resigned(headerText, payloadText.replace('"seq":1', `"prev":"${digestOf('x')}","seq":1`)) },
      ['bad_envelope'],
    ],
    [
      'seq 2 without prev',
      { logged: resigned(headerText, payloadText.replace('"seq":1', '"seq":2')) },
      ['bad_envelope'],
    ],
    ['seq 0', { logged: resigned(headerText, payloadText.replace('"seq":1', '"seq":0')) }, ['bad_envelope']],
    [
      'a day that does not exist',
      { logged: resigned(headerText, payloadText.replace('"at":"2026-11-23', '"at":"2026-11-31')) },
      ['bad_envelope'],
    ],
    // The proof was changed.
    ['no proof', { logged: { jws: grant, proof: '' } }, ['not_logged']],
    [
      'the proof of another entry',
      { logged: { jws: grant, proof: logOf([...neighbours]).logged[7]!.proof } },
      ['not_included'],
    ],
    ['another index', { logged: withProof(proof => ({ ...proof, index: 6 })) }, ['not_included']],
    ['an index past the tree', { logged: withProof(proof => ({ ...proof, index: 12 })) }, ['not_included']],
    [
      'an index past 32 bits that looks the same',
      { logged: withProof(proof => ({ ...proof, index: 7 + 2 ** 32 })) },
      ['not_included'],
    ],
    [
      'an index with a leading zero',
      { logged: { jws: grant, proof: sound.proof.replace('index 7', 'index 07') } },
      ['bad_proof'],
    ],
    ['a negative index', { logged: { jws: grant, proof: sound.proof.replace('index 7', 'index -7') } }, ['bad_proof']],
    [
      'a changed hash of the path',
      { logged: withProof(proof => ({ ...proof, path: proof.path.with(1, new Uint8Array(32)) })) },
      ['not_included'],
    ],
    ['a path too short', { logged: withProof(proof => ({ ...proof, path: proof.path.slice(1) })) }, ['not_included']],
    [
      'a path too long',
      { logged: withProof(proof => ({ ...proof, path: [...proof.path, new Uint8Array(32)] })) },
      ['not_included'],
    ],
    [
      'a path in another order',
      { logged: withProof(proof => ({ ...proof, path: proof.path.toReversed() })) },
      ['not_included'],
    ],
    [
      '64 hashes',
      {
        logged: {
          jws: grant,
          proof: sound.proof.replace('index 7\n', `index 7\n${`${encodeBase64(new Uint8Array(32))}\n`.repeat(60)}`),
        },
      },
      ['bad_proof'],
    ],
    [
      'another version of the proof',
      { logged: { jws: grant, proof: sound.proof.replace('@v1', '@v2') } },
      ['bad_proof'],
    ],
    [
      'a hash that is not canonical base64',
      { logged: { jws: grant, proof: sound.proof.replace('=\n', '\n') } },
      ['bad_proof'],
    ],
    ['a proof of 100 kB', { logged: { jws: grant, proof: sound.proof + 'x'.repeat(100_000) } }, ['too_large']],
    // The checkpoint was changed.
    ['another size', { logged: { jws: grant, proof: sound.proof.replace('\n12\n', '\n11\n') } }, ['bad_signature']],
    ['a larger size', { logged: { jws: grant, proof: sound.proof.replace('\n12\n', '\n13\n') } }, ['bad_signature']],
    [
      'another root',
      {
        logged: withProof(proof => ({
          ...proof,
          checkpoint: proof.checkpoint.replace(rootLine(), encodeBase64(new Uint8Array(32))),
        })),
      },
      ['bad_signature', 'not_included'],
    ],
    [
      'another origin',
      { logged: { jws: grant, proof: sound.proof.replaceAll(origin, 'ledger.evil.example') } },
      ['issuer_out_of_range', 'unknown_log'],
    ],
    [
      'a changed log signature',
      { logged: { jws: grant, proof: sound.proof.replace(/.{8}\n$/, 'AAAAAA=\n') } },
      ['bad_note'],
    ],
    [
      'the log signature of another checkpoint',
      { logged: { jws: grant, proof: sound.proof.replace(/— .*\n$/, logOf(['a']).note.split('\n\n')[1]!) } },
      ['bad_signature'],
    ],
    ['no log signature', { logged: { jws: grant, proof: sound.proof.replace(/— .*\n$/, '') } }, ['bad_note']],
    ['an extension line', { logged: extended() }, ['bad_checkpoint']],
    [
      'a log that is not pinned',
      { logged: logged(grant, { signer: noteSigner('other.example/log', seedOf(30)) }) },
      ['issuer_out_of_range', 'unknown_log'],
    ],
    [
      'a stranger with our origin',
      { logged: logged(grant, { signer: noteSigner(origin, seedOf(30)) }) },
      ['no_log_signature'],
    ],
    // The issuer may not have signed this.
    [
      'a kind it may not sign',
      { trust: issuers({ kinds: ['glass.requested', 'gate.receipt'] }) },
      ['issuer_not_allowed'],
    ],
    ['no kind', { trust: issuers({ kinds: [] }) }, ['issuer_not_allowed']],
    ['a key that begins later', { trust: issuers({ ranges: [{ origin, fromIndex: 8 }] }) }, ['issuer_out_of_range']],
    [
      'a key that ended before',
      { trust: issuers({ ranges: [{ origin, fromIndex: 0, untilIndex: 7 }] }) },
      ['issuer_out_of_range'],
    ],
    [
      'a key of another log',
      { trust: issuers({ ranges: [{ origin: 'other.example', fromIndex: 0 }] }) },
      ['issuer_out_of_range'],
    ],
    ['an issuer no longer pinned', { trust: { ...trust, issuers: [] } }, ['unknown_issuer']],
    ['a pinned key that is another', { trust: issuers({ key: stranger.publicKey }) }, ['bad_signature']],
  ])('refuses %s', (_, given, codes) => {
    expect(judge(given)).toEqual(codes)
  })

  it('reports every fault, and tells bad evidence from a grant for something else', () => {
    const asked = { ...question, gate: 'payments/smoke', ref: 'refs/heads/x', nowMs: 0 }
    const verdict = verifyGrant({ jws: grant, proof: '' }, issuers({ kinds: ['gate.receipt'] }), asked)
    expect(codesOf(verdict)).toEqual(['issuer_not_allowed', 'not_logged', 'not_yet_valid', 'wrong_gate', 'wrong_ref'])
    const families = verdict.ok ? [] : verdict.faults.map(({ code, family }) => `${code} ${family}`).sort()
    expect(families).toEqual([
      'issuer_not_allowed evidence',
      'not_logged evidence',
      'not_yet_valid policy',
      'wrong_gate policy',
      'wrong_ref policy',
    ])
  })

  it('says what was expected and what was found', () => {
    const verdict = verifyGrant(sound, trust, { ...question, gate: 'payments/smoke' })
    expect(verdict).toEqual({
      ok: false,
      faults: [
        {
          code: 'wrong_gate',
          family: 'policy',
          at: 'scope.gate',
          expected: '"payments/smoke"',
          found: '"payments/integration-tests"',
        },
      ],
    })
  })
})

describe('verifyGrant with witnesses', () => {
  const seconds = grantedMs / 1000
  const cosigned = (...times: number[]): Case => ({
    trust: witnessedTrust,
    logged: logged(grant, {
      cosigners: times.map((timeSeconds, index) => ({ cosigner: witnesses[index]!, timeSeconds })),
    }),
  })

  it.each<[string, Case, FaultCode[]]>([
    ['a quorum at once', cosigned(seconds + 1, seconds + 2), []],
    ['a quorum at the earliest and the latest', cosigned(seconds - 60, seconds + 120), []],
    ['two in time and one late', cosigned(seconds, seconds + 500, seconds), []],
    ['one too early', cosigned(seconds - 61, seconds), ['cosigned_too_early_or_late']],
    ['one too late', cosigned(seconds, seconds + 121), ['cosigned_too_early_or_late']],
    ['all a day late', cosigned(seconds + 86_400, seconds + 86_400, seconds + 86_400), ['cosigned_too_early_or_late']],
    ['one alone', cosigned(seconds), ['no_quorum']],
    ['none', { trust: witnessedTrust }, ['no_quorum']],
  ])('judges %s', (_, given, codes) => {
    expect(judge(given)).toEqual(codes)
  })

  it('judges the times against when it was granted, not against now', () => {
    const given = cosigned(seconds, seconds)
    expect(judge({ ...given, question: { nowMs: grantedMs + 1_700_000 } })).toEqual([])
  })

  it('knows no window where the policy has no quorum', () => {
    const late = { logged: logged(grant, { cosigners: allWitnesses(seconds + 86_400) }) }
    expect(judge(late)).toEqual([])
  })
})

function scopedCase(change: Partial<Scope>): Case {
  const { boundary = 'merge', change: asked = scope.change } = change
  return { logged: scoped(change), question: { boundary, change: asked } }
}

function withoutRef(): Record<string, Json> {
  const { ref: _, ...rest } = jsonOf(scope)
  return rest
}

function operation(): Case {
  return { ...refless(), without: 'ref' }
}

function refless(): Case {
  const change = { operation: digestOf('scale up') }
  const body = { scope: { ...withoutRef(), boundary: 'operate', change } }
  return { logged: logged(grantOf({ body })), question: { boundary: 'operate', change } }
}

function secondLog(): Trust {
  const first = noteSigner('first.example/log', seedOf(31))
  return trustOf(`log ${first.vkey}\nlog ${logSigner.vkey}\nquorum none\n`)
}

function extended(): Logged {
  const [text = ''] = checkpointOf(sound.proof).split('\n\n')
  return withProof(proof => ({ ...proof, checkpoint: signNote(`${text}\nmore\n`, logSigner) }))
}

function rootLine(): string {
  return checkpointOf(sound.proof).split('\n')[2]!
}

/** Another letter whose first bits are the same: what a lenient decoder would take for the same bytes. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(letter) + 1]!
}
