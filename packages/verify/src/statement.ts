import { decodeBase64url, decodeUtf8, encodeBase64url, encodeUtf8 } from './bytes.ts'
import { canonicalJson, type Json, type JsonObject, parseCanonicalJson } from './canonical-json.ts'
import { type Digest, formatDigest } from './digest.ts'
import type { Signer } from './ed25519.ts'
import { type Fault, fault, type Parsed, pass, refuse, show } from './fault.ts'
import { isId } from './id.ts'
import type { Instant } from './instant.ts'
import { digest, instant, integer, isPlainObject, object, type Shape, textWhere, wrong } from './shape.ts'
import { hashLeaf } from './tree-hash.ts'

/** docs/formats/statement.md "Payload". */
export interface Envelope {
  v: 1
  /** `<noun>.<verb>` */
  kind: string
  sid: string
  /** When the issuer says it happened. Log order is truth, this is a claim. */
  at: Instant
  subject: string
  /** 1, 2, 3 … within the subject. */
  seq: number
  /** Leaf hash of the subject's statement before; absent exactly when `seq` is 1. */
  prev?: Digest
  body: JsonObject
}

export type StatementType = 'breakglass+jws' | 'breakglass-receipt+jws' | 'breakglass-report+jws'

/** A statement that has been read; its signature has not been verified. */
export interface Statement {
  typ: StatementType
  /** RFC 7638 thumbprint of the issuer's key. */
  kid: string
  /** The trust domain: the organisation's id. */
  log: string
  envelope: Envelope
  jws: string
  leaf: Digest
}

export const statementBytesMax = 24_576

/**
 * Signs and spells a statement. Throws TypeError on an envelope or header that `parseStatement` would refuse, so that
 * nothing is ever signed that cannot be read.
 */
export function formatStatement(
  envelope: Envelope,
  opts: { log: string; signer: Signer; typ?: StatementType },
): string {
  const { log, signer, typ = 'breakglass+jws' } = opts
  // An Envelope is JSON by its members' types; the optional `prev` is all that keeps the compiler from seeing it.
  const payload = canonicalJson(envelope as unknown as Json)
  const header = formatHeader({ kid: signer.kid, log, typ })
  const input = `${encodeBase64url(encodeUtf8(header))}.${encodeBase64url(encodeUtf8(payload))}`
  const jws = `${input}.${encodeBase64url(signer.sign(encodeUtf8(input)))}`
  const parsed = parseStatement(jws)
  if (parsed.ok) return jws
  const remarks = parsed.faults.map(
    ({ code, at, expected, found }) => `${code} at ${at}: expected ${expected}, found ${found}`,
  )
  throw new TypeError(`expected a statement that can be read; ${remarks.join('; ')}`)
}

/**
 * Shape only: nothing has been verified yet. Codes: `too_large`, `not_ascii`, `bad_base64url`, `bad_header`, `bad_json`,
 * `not_canonical`, `bad_envelope`, `unknown_member`.
 */
export function parseStatement(jws: string): Parsed<Statement> {
  if (jws.length > statementBytesMax) {
    return refuse('too_large', 'statement', `at most ${statementBytesMax} bytes`, `${jws.length} characters`)
  }
  if (!/^[\x20-\x7e]*$/.test(jws)) return refuse('not_ascii', 'statement', 'printable ASCII', show(jws))
  const parts = jws.split('.')
  const [headerBytes, payloadBytes, signature] = parts.map(decodeBase64url)
  if (parts.length !== 3 || headerBytes === undefined || payloadBytes === undefined || signature?.length !== 64) {
    const expected = 'three parts of canonical base64url, the last of 64 bytes'
    return refuse('bad_base64url', 'statement', expected, show(jws))
  }
  const header = readHeader(headerBytes)
  const envelope = readPayload(payloadBytes, header.ok ? header.value.typ : 'breakglass+jws')
  if (header.ok && envelope.ok) return pass({ ...header.value, envelope: envelope.value, jws, leaf: leafHash(jws) })
  return { ok: false, faults: [...faultsOf(header), ...faultsOf(envelope)] }
}

/** RFC 6962 §2.1: SHA-256(0x00 ‖ entry), as a digest. Of the ASCII bytes when a text. */
export function leafHash(entry: Uint8Array | string): Digest {
  return formatDigest(hashLeaf(typeof entry === 'string' ? encodeUtf8(entry) : entry))
}

/** What was signed, and the signature. Only for a statement that has been parsed. */
export function signedPartsOf(statement: Statement): { input: Uint8Array; signature: Uint8Array } {
  const split = statement.jws.lastIndexOf('.')
  const signature = decodeBase64url(statement.jws.slice(split + 1))
  return { input: encodeUtf8(statement.jws.slice(0, split)), signature: signature ?? new Uint8Array(0) }
}

interface Header {
  kid: string
  log: string
  typ: StatementType
}

/** docs/formats/statement.md "Header": a fixed template, so it is matched and never interpreted. */
function formatHeader({ kid, log, typ }: Header): string {
  return `{"alg":"Ed25519","crit":["log"],"kid":"${kid}","log":"${log}","typ":"${typ}"}`
}

const headerTemplate =
  /^\{"alg":"Ed25519","crit":\["log"\],"kid":"([A-Za-z0-9_-]{43})","log":"([a-z0-9_]{28})","typ":"(breakglass\+jws|breakglass-receipt\+jws|breakglass-report\+jws)"\}$/

function readHeader(bytes: Uint8Array): Parsed<Header> {
  const text = decodeUtf8(bytes) ?? ''
  const [whole, kid = '', log = '', typText = ''] = headerTemplate.exec(text) ?? []
  const typ = types.get(typText)
  if (whole !== text || typ === undefined || decodeBase64url(kid)?.length !== 32 || !isId(log, 'o')) {
    return refuse('bad_header', 'statement.header', 'the fixed header with kid, log and typ', show(text))
  }
  return pass({ kid, log, typ })
}

function readPayload(bytes: Uint8Array, typ: StatementType): Parsed<Envelope> {
  const text = decodeUtf8(bytes)
  if (text === undefined) return refuse('bad_json', 'statement.payload', 'UTF-8', 'other bytes')
  const json = parseCanonicalJson(text, { bytesMax: statementBytesMax })
  if (!json.ok) return { ok: false, faults: json.faults.map(fault => ({ ...fault, at: 'statement.payload' })) }
  const faults: Fault[] = []
  const envelope = envelopeShapes[typ](json.value, 'statement', { code: 'bad_envelope', faults })
  if (envelope === undefined) return { ok: false, faults }
  const remark = checkEnvelope(envelope, typ)
  return remark === undefined ? pass(envelope) : { ok: false, faults: [remark] }
}

/** What no single member can say. */
function checkEnvelope(envelope: Envelope, typ: StatementType): Fault | undefined {
  if ((envelope.seq === 1) !== (envelope.prev === undefined)) {
    const expected = 'absent exactly when seq is 1'
    return fault('bad_envelope', 'statement.prev', expected, `${show(envelope.prev)} at seq ${envelope.seq}`)
  }
  if (typ === 'breakglass-receipt+jws' && envelope.seq !== 1) {
    return fault('bad_envelope', 'statement.seq', '1 in a receipt', String(envelope.seq))
  }
  return undefined
}

const version: Shape<1> = (value, at, remarks) => (value === 1 ? value : wrong(remarks, at, '1', value))
// The payload came out of parseCanonicalJson, so an object in it is a JsonObject.
const jsonObject: Shape<JsonObject> = (value, at, remarks) => {
  return isPlainObject(value) ? (value as JsonObject) : wrong(remarks, at, 'an object', value)
}

const kind = textWhere('<noun>.<verb>, at most 64 characters', value => {
  return value.length <= 64 && /^[a-z_]+\.[a-z_]+$/.test(value)
})

function envelopeShape(parts: { kind: Shape<string>; sid: string; subject?: string }): Shape<Envelope> {
  return object(
    {
      v: version,
      kind: parts.kind,
      sid: idShape(parts.sid),
      at: instant,
      subject: idShape(parts.subject),
      seq: integer(1),
      body: jsonObject,
    },
    { prev: digest },
  )
}

function idShape(prefix: string | undefined): Shape<string> {
  return textWhere(`an id ${prefix ?? '…'}_ and 26 characters`, value => isId(value, prefix))
}

/** The prefixes of ids, and for reports the noun, by what is spoken: a receipt cannot pass for an entry, nor a report. */
const envelopeShapes: Readonly<Record<StatementType, Shape<Envelope>>> = {
  'breakglass+jws': envelopeShape({ kind, sid: 's' }),
  'breakglass-receipt+jws': envelopeShape({
    kind: textWhere('gate.receipt', value => value === 'gate.receipt'),
    sid: 's',
    subject: 'rc',
  }),
  'breakglass-report+jws': envelopeShape({
    kind: textWhere('point.<verb>, at most 64 characters', value => /^point\.[a-z_]{1,58}$/.test(value)),
    sid: 'ev',
    subject: 'pt',
  }),
}

const types: ReadonlyMap<string, StatementType> = new Map([
  ['breakglass+jws', 'breakglass+jws'],
  ['breakglass-receipt+jws', 'breakglass-receipt+jws'],
  ['breakglass-report+jws', 'breakglass-report+jws'],
])

function faultsOf(parsed: Parsed<unknown>): Fault[] {
  return parsed.ok ? [] : parsed.faults
}
