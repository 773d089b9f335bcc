import { utf8Length } from './bytes.ts'
import type { DocumentRef } from './body/parts.ts'
import { parseProgramPublishedBody, type ProgramPublishedBody } from './body/program-published.ts'
import { parseContainer } from './container.ts'
import { digestOf } from './digest.ts'
import { type Fault, fault, type Parsed, pass, type Verdict } from './fault.ts'
import { judgeLogged, soundOf } from './judge.ts'
import { readBody } from './judge-body.ts'
import type { VerifiedCheckpoint } from './open-checkpoint.ts'
import { object, type Shape, textWhere, wrong } from './shape.ts'
import type { Trust } from './trust.ts'

/** docs/formats/program-bundle.md: what an enforcement point caches to know which gates are in force. */
export interface ProgramBundle {
  /** The YAML, exactly as published. */
  text: string
  /** The resolution document, exactly. */
  resolved: string
  /** The `program.published` statement. */
  statement: string
  /** A tlog-proof text. */
  proof: string
}

export interface VerifiedProgramBundle {
  body: ProgramPublishedBody
  index: number
  sid: string
  resolved: string
  checkpoint: VerifiedCheckpoint
}

export const programBundleBytesMax = 4_194_304

/** Codes: `too_large`, `bad_bundle`, `unknown_member`. Nothing inside is verified. */
export function parseProgramBundle(text: string): Parsed<ProgramBundle> {
  const limits = { code: 'bad_bundle', at: 'bundle', bytesMax: programBundleBytesMax, depthMax: 2 } as const
  const json = parseContainer(text, limits)
  if (!json.ok) return json
  const faults: Fault[] = []
  const file = bundleFile(json.value, 'bundle', { code: 'bad_bundle', faults })
  if (file === undefined) return { ok: false, faults }
  return pass({ text: file.text, resolved: file.resolved, statement: file.statement, proof: file.proof })
}

/** One line of JSON with a line end. Throws TypeError on a bundle that `parseProgramBundle` would refuse. */
export function formatProgramBundle(bundle: ProgramBundle): string {
  const { text, resolved, statement, proof } = bundle
  const file = `${JSON.stringify({ v: 1, text, resolved, statement, proof })}\n`
  if (!parseProgramBundle(file).ok)
    throw new TypeError(`expected well-formed texts of at most ${programBundleBytesMax} bytes`)
  return file
}

/**
 * docs/formats/program-bundle.md. `memory` is what the point accepted last. Codes: those of `verifyStatement`,
 * `wrong_kind`, `bad_envelope`, `bad_body`, `unknown_member`, `digest_mismatch`, `rolled_back`.
 */
export function verifyProgramBundle(
  bundle: ProgramBundle,
  trust: Trust,
  memory?: { bundleIndex: number },
): Verdict<VerifiedProgramBundle> {
  const judged = judgeLogged({ jws: bundle.statement, proof: bundle.proof }, trust)
  const body = readBody(judged, { kind: 'program.published', subject: 'pg' }, parseProgramPublishedBody)
  const faults = [...judged.faults, ...body.faults]
  if (body.value !== undefined) {
    faults.push(...checkDocument('bundle.text', body.value.program, bundle.text))
    faults.push(...checkDocument('bundle.resolved', body.value.resolved, bundle.resolved))
    faults.push(...checkVersion(body.value, judged.statement?.envelope.seq))
  }
  if (memory !== undefined && judged.index !== undefined)
    faults.push(...checkNotOlder(judged.index, memory.bundleIndex))
  const sound = soundOf({ ...judged, faults })
  if (sound === undefined || body.value === undefined) return { ok: false, faults }
  const { index, sid, checkpoint } = sound
  return pass({ body: body.value, index, sid, resolved: bundle.resolved, checkpoint })
}

function checkDocument(at: string, wanted: DocumentRef, text: string): Fault[] {
  const found = { digest: digestOf(text), length: utf8Length(text) }
  // A lone surrogate has no bytes of its own: its digest would be that of the replacement character.
  if (text.isWellFormed() && found.digest === wanted.digest && found.length === wanted.length) return []
  return [
    fault('digest_mismatch', at, `${wanted.digest}, ${wanted.length} bytes`, `${found.digest}, ${found.length} bytes`),
  ]
}

function checkVersion(body: ProgramPublishedBody, seq: number | undefined): Fault[] {
  if (seq === body.version) return []
  return [fault('bad_body', 'body.version', `the statement's seq ${seq}`, String(body.version))]
}

function checkNotOlder(index: number, remembered: number): Fault[] {
  if (index >= remembered) return []
  return [fault('rolled_back', 'proof.index', `at least ${remembered}, as remembered`, String(index))]
}

const one: Shape<1> = (value, at, remarks) => (value === 1 ? value : wrong(remarks, at, '1', value))
const wellFormed = textWhere('a well-formed text', value => value.isWellFormed())
const bundleFile = object({ v: one, text: wellFormed, resolved: wellFormed, statement: wellFormed, proof: wellFormed })
