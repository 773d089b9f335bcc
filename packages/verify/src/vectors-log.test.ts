import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeHex, encodeUtf8 } from './bytes.ts'
import { parseNote, verifyNoteSignatures } from './note.ts'
import { meetsQuorum, parseTrustPolicy } from './policy.ts'
import { parseTlogProof } from './proof.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { formatBundle, parseBundle, parseTilePath, tilePath } from './tiles.ts'
import { checkConsistency, checkInclusion } from './tree.ts'
import { parseVkey } from './vkey.ts'

const folder = new URL('../../../vectors/', import.meta.url)
// Data files of this repository: their shape is what the tests below say.
const json = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

interface Published {
  path: string
  proof: string[] | null
  wantErr: boolean
}
type Inclusion = Published & { leafIdx: number; treeSize: number; root: string; leafHash: string }
type Consistency = Published & { size1: number; size2: number; root1: string; root2: string }

const { inclusion, consistency }: { inclusion: Inclusion[]; consistency: Consistency[] } = json('merkle-proofs.json')
const bytes = (base64: string) => decodeBase64(base64)!
const hashes = (proof: string[] | null) => (proof ?? []).map(bytes)

describe('published Merkle proofs', () => {
  it.each(inclusion)('$path', ({ leafIdx, treeSize, leafHash, proof, root, wantErr }) => {
    expect(checkInclusion(leafIdx, treeSize, bytes(leafHash), hashes(proof), bytes(root))).toBe(!wantErr)
  })

  // From the empty tree with an empty proof: an error there, trivially consistent in C2SP tlog-witness and here.
  const fromNothing = ({ size1, size2, proof }: Consistency) => size1 === 0 && size2 > 0 && hashes(proof).length === 0

  it.each(consistency)('$path', vector => {
    const { size1, size2, proof, root1, root2, wantErr } = vector
    const expected = fromNothing(vector) || !wantErr
    expect(checkConsistency(size1, size2, hashes(proof), bytes(root1), bytes(root2))).toBe(expected)
  })

  it('differ from ours in nothing but growth from the empty tree', () => {
    expect(consistency.filter(fromNothing).map(({ wantErr }) => wantErr)).toEqual([true, true])
  })
})

describe('published Merkle proofs, altered in each published way', () => {
  const altered: { inclusion: (Inclusion & Named)[]; consistency: (Consistency & Named)[] } =
    json('merkle-altered.json')
  interface Named {
    desc: string
  }

  it.each(altered.inclusion)('$desc: entry $leafIdx of $treeSize', vector => {
    const { leafIdx, treeSize, leafHash, proof, root, wantErr } = vector
    expect(checkInclusion(leafIdx, treeSize, bytes(leafHash), hashes(proof), bytes(root))).toBe(!wantErr)
  })

  it.each(altered.consistency)('$desc: $size1 to $size2', ({ size1, size2, proof, root1, root2, wantErr }) => {
    expect(checkConsistency(size1, size2, hashes(proof), bytes(root1), bytes(root2))).toBe(!wantErr)
  })

  // One consistency proof stands only in a file of its own, above.
  it('hold all 98 inclusion and 97 of 98 consistency proofs, and those that are kept as published among them', () => {
    expect([altered.inclusion.length, altered.consistency.length]).toEqual([98, 97])
    const entry = ({ leafIdx, treeSize, root, leafHash, proof }: Inclusion) =>
      JSON.stringify([leafIdx, treeSize, root, leafHash, proof ?? []])
    const made = new Set(altered.inclusion.map(entry))
    expect(inclusion.filter(each => !made.has(entry(each))).map(({ path }) => path)).toEqual([])
    const growth = ({ size1, size2, root1, root2, proof }: Consistency) =>
      JSON.stringify([size1, size2, root1, root2, proof ?? []])
    const madeToo = new Set(altered.consistency.map(growth))
    const apart = consistency.filter(each => !madeToo.has(growth(each))).map(({ path }) => path)
    expect(apart).toEqual(['testdata/consistency/additional/size1-is-zero-and-size2-is-not-zero.json'])
  })
})

describe('published cosignatures', () => {
  const { cosignatures }: { cosignatures: { path: string; vkey: string; note: string; timeSeconds: number }[] } =
    json('cosignature.json')

  it.each(cosignatures)('$path', ({ vkey, note, timeSeconds }) => {
    const key = valueOf(parseVkey(vkey))
    expect(verifyNoteSignatures(valueOf(parseNote(note)), [key])).toEqual({
      verified: [{ key, timeSeconds }],
      faults: [],
    })
    const changed = verifyNoteSignatures(valueOf(parseNote(note.replace('\n300\n', '\n301\n'))), [key])
    expect(changed.verified).toEqual([])
    expect(changed.faults.map(({ code }) => code)).toEqual(['bad_signature'])
  })
})

describe('made cases', () => {
  const proofs: { name: string; text: string; codes: string[] }[] = json('made/tlog-proof.json')
  it.each(proofs)('a tlog-proof: $name', ({ text, codes }) => {
    expect(codesOf(parseTlogProof(text))).toEqual(codes)
  })

  it('are each another text', () => {
    expect(new Set(proofs.map(({ text }) => text)).size).toBe(proofs.length)
  })

  const quorum: { policy: string; cases: { cosigned: string[]; met: boolean }[] } = json('made/tlog-policy.json')
  it.each(quorum.cases)('a quorum of nested groups, cosigned by $cosigned: $met', ({ cosigned, met }) => {
    expect(meetsQuorum(valueOf(parseTrustPolicy(quorum.policy)), new Set(cosigned))).toBe(met)
  })

  const tiles = json('made/tiles.json')
  it('tile paths, read and written', () => {
    for (const { path, level, index, width } of tiles.paths) {
      expect(tilePath(level, index, width)).toBe(path)
      expect(valueOf(parseTilePath(path))).toEqual({ level, index, width })
    }
    for (const path of tiles.refused) expect(codesOf(parseTilePath(path)), path).toEqual(['bad_tile_path'])
  })

  it('entry bundles, read and written', () => {
    for (const { entries, hex } of tiles.bundles) {
      const wanted: Uint8Array[] = entries.map(encodeUtf8)
      expect(encodeHex(formatBundle(wanted))).toBe(hex)
      expect(valueOf(parseBundle(new Uint8Array(Buffer.from(hex, 'hex')))).map(encodeHex)).toEqual(
        wanted.map(encodeHex),
      )
    }
    for (const hex of tiles.refusedBundles) {
      expect(codesOf(parseBundle(new Uint8Array(Buffer.from(hex, 'hex')))), hex).toEqual(['bad_bundle'])
    }
  })
})
