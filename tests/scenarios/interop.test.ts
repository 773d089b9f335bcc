import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { initLedger, openLedger } from '@breakglass/ledger'
import { cosignerFromSeed, encodeBase64, formatBundle, parseBundle } from '@breakglass/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildInterop } from '../support/go.ts'

/** The ledger's bytes, judged by Go's transparency log packages and by OpenSSL, which share no code with ours. */
const sizes = [0, 1, 255, 256, 257, 700]
const last = 700
const nowMs = 1_767_225_600_000
const witness = cosignerFromSeed('witness.example', new Uint8Array(32).fill(41))
const entryOf = (n: number) => Buffer.from(`entry ${n}`)
const entriesFrom = (first: number, count: number) => Array.from({ length: count }, (_, n) => entryOf(first + n))

let go: ReturnType<typeof buildInterop>
let dir: string
let vkey: string
let strangerVkey: string

const at = (...names: string[]) => join(dir, ...names)
const treeOf = (size: number) => at(`tree-${size}`)
const checkpointOf = (size: number) => join(treeOf(size), 'checkpoint')

beforeAll(async () => {
  go = buildInterop()
  dir = mkdtempSync(join(tmpdir(), 'breakglass-interop-test-'))
  vkey = (await initLedger({ dir: at('ledger'), origin: 'log.example/interop', now: () => nowMs })).vkey
  strangerVkey = (await initLedger({ dir: at('stranger'), origin: 'log.example/interop', now: () => nowMs })).vkey
  let size = 0
  for (const next of sizes) {
    await grow(at('ledger'), size, next)
    cpSync(at('ledger', 'tree'), treeOf(next), { recursive: true })
    size = next
  }
  await keepProofs()
})
afterAll(() => {
  go?.remove()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

/** Opened, filled and closed: what lies on disk then is settled. */
async function grow(ledgerDir: string, from: number, to: number): Promise<void> {
  const ledger = await openLedger({ dir: ledgerDir, now: () => nowMs })
  try {
    for (let first = from; first < to; first += 256) await ledger.append(entriesFrom(first, Math.min(256, to - first)))
  } finally {
    await ledger.close()
  }
}

/** As the ledger gives them out: a tlog-proof an entry sent again, and the consistency of every two sizes. */
async function keepProofs(): Promise<void> {
  const ledger = await openLedger({ dir: at('ledger'), now: () => nowMs })
  try {
    for (const index of [0, 255, 256, 511, 699]) {
      const [logged] = await ledger.append([entryOf(index)])
      writeFileSync(at(`proof-${index}`), logged?.proof ?? '')
      writeFileSync(at(`entry-${index}`), entryOf(index))
    }
    for (const from of sizes) {
      for (const to of sizes.filter(to => to >= from)) {
        const { proof } = ledger.consistency(from, to)
        writeFileSync(at(`from-${from}-to-${to}`), proof.map(hash => `${encodeBase64(hash)}\n`).join(''))
      }
    }
  } finally {
    await ledger.close()
  }
}

function run(...args: string[]): { status: number | null; words: string } {
  const { status, stdout, stderr } = spawnSync(go.binary, args, { encoding: 'utf8' })
  return { status, words: stdout + stderr }
}

const holds = (words: string) => ({ status: 0, words: expect.stringContaining(`holds: ${words}`) })
const doesNotHold = (words: string) => ({ status: 1, words: expect.stringMatching(`^does not hold: .*${words}`) })

describe('Go finds sound', () => {
  it.each(sizes)('the tree of %i entries, every bundle and every tile', size => {
    expect(run('tree', treeOf(size), vkey)).toEqual(holds(`${size} entries`))
  })

  it('the tree of 70 000 entries, which has three levels of tiles', async () => {
    const { vkey: largeVkey } = await initLedger({ dir: at('large'), origin: 'log.example/large', now: () => nowMs })
    await grow(at('large'), 0, 70_000)
    expect(run('tree', at('large', 'tree'), largeVkey)).toEqual(holds('70000 entries in 274 bundles, 277 tiles'))
  })

  it.each([0, 255, 256, 511, 699])('the proof of entry %i', index => {
    expect(run('proof', at(`proof-${index}`), at(`entry-${index}`), vkey)).toEqual(holds(`entry ${index} lies in`))
  })

  it.each(sizes.flatMap(from => sizes.filter(to => to >= from).map(to => [from, to] as const)))(
    'that the tree grew from %i to %i',
    (from, to) => {
      const files = [checkpointOf(from), checkpointOf(to), at(`from-${from}-to-${to}`)]
      expect(run('consistency', ...files, vkey)).toEqual(holds(`the tree of ${to} begins with the tree of ${from}`))
    },
  )

  it("a witness's cosignature", () => {
    const tree = copyOf('cosigned')
    cosign(tree)
    expect(run('tree', tree, vkey, witness.vkey)).toEqual(holds('700 entries'))
  })
})

const bundle = 'tile/entries/001'
const tile = 'tile/0/000'
const top = 'tile/1/000.p/2'
const treeTamperings: [string, (tree: string) => void, string][] = [
  ['a bit of an entry', tree => edit(tree, bundle, flip(10)), 'root'],
  ['a bit of an entry in a partial bundle', tree => edit(tree, 'tile/entries/002.p/188', flip(10)), 'root'],
  [
    'two entries in the other order',
    tree =>
      edit(
        tree,
        bundle,
        entries(([a, b, ...rest]) => [b!, a!, ...rest]),
      ),
    'root',
  ],
  [
    'an entry left out',
    tree =>
      edit(
        tree,
        bundle,
        entries(all => all.slice(1)),
      ),
    'expected 256 entries',
  ],
  [
    'an entry put in',
    tree =>
      edit(
        tree,
        'tile/entries/002.p/188',
        entries(all => [...all, entryOf(0)]),
      ),
    'more bytes',
  ],
  ['a bundle cut short', tree => edit(tree, bundle, bytes => bytes.subarray(0, -1)), 'expected 256 entries'],
  ['a byte behind a bundle', tree => edit(tree, bundle, bytes => Buffer.concat([bytes, Buffer.of(0)])), 'more bytes'],
  ['a bundle gone', tree => rmSync(join(tree, bundle)), 'found none'],
  ['one bundle in place of another', tree => cpSync(join(tree, 'tile/entries/000'), join(tree, bundle), force), 'root'],
  ['a bit of a tile', tree => edit(tree, tile, flip(8191)), 'tile tile/0/000'],
  ['a bit of a tile higher up', tree => edit(tree, top, flip(0)), 'tile tile/1/000.p/2'],
  ['a tile cut short', tree => edit(tree, tile, bytes => bytes.subarray(0, -32)), 'tile tile/0/000'],
  ['a tile gone', tree => rmSync(join(tree, top)), 'found none'],
  ["the checkpoint's size", tree => editText(tree, text => text.replace('\n700\n', '\n699\n')), 'invalid signature'],
  ["the checkpoint's root", tree => editLine(tree, 2, flipBase64(0)), 'invalid signature'],
  ["the checkpoint's signature", tree => editSignature(tree), 'invalid signature'],
  ["the checkpoint's signature gone", tree => editText(tree, text => text.slice(0, text.indexOf('—'))), 'checkpoint'],
  ['a line more in the checkpoint', tree => editText(tree, text => text.replace('\n\n', '\nmore\n\n')), 'invalid'],
]

describe('Go refuses', () => {
  it.each(treeTamperings)('%s', (name, tamper, words) => {
    const tree = copyOf(name.replaceAll(/\W/g, '-'))
    expect(run('tree', tree, vkey).status).toBe(0)
    tamper(tree)
    expect(run('tree', tree, vkey)).toEqual(doesNotHold(words))
  })

  it("another log's key of the same name", () => {
    expect(run('tree', treeOf(last), strangerVkey)).toEqual(doesNotHold('no verifiable signatures'))
  })

  it('a checkpoint that the witness has not cosigned, or at another time', () => {
    const tree = copyOf('witness')
    expect(run('tree', tree, vkey, witness.vkey)).toEqual(doesNotHold('witness.example'))
    cosign(tree)
    edit(tree, 'checkpoint', bytes => Buffer.from(retimed(bytes.toString('utf8'))))
    expect(run('tree', tree, vkey, witness.vkey)).toEqual(doesNotHold('invalid signature'))
  })

  it.each<[string, (text: string) => string]>([
    ['another index', text => text.replace('index 256\n', 'index 257\n')],
    ['an index past the tree', text => text.replace('index 256\n', 'index 700\n')],
    ['a changed hash', text => changeLine(text, 2, flipBase64(3))],
    ['a hash left out', text => changeLine(text, 2, () => undefined)],
    ['a hash too many', text => changeLine(text, 2, line => `${line}\n${line}`)],
    ['another header', text => text.replace('@v1', '@v2')],
    ['an index with a leading zero', text => text.replace('index 256', 'index 0256')],
  ])('a proof with %s', (_, change) => {
    const proof = readFileSync(at('proof-256'), 'utf8')
    writeFileSync(at('bad-proof'), change(proof))
    expect(change(proof)).not.toBe(proof)
    expect(run('proof', at('bad-proof'), at('entry-256'), vkey).status).toBe(1)
  })

  it('the proof of another entry', () => {
    expect(run('proof', at('proof-256'), at('entry-255'), vkey).status).toBe(1)
  })

  it('consistency that is not proven', () => {
    const [older, newer, proof] = [checkpointOf(257), checkpointOf(last), at('from-257-to-700')]
    const changed = changeLine(readFileSync(proof, 'utf8'), 0, flipBase64(0))
    writeFileSync(at('changed'), changed)
    writeFileSync(at('empty'), '')
    expect(run('consistency', older, newer, at('changed'), vkey).status).toBe(1)
    expect(run('consistency', older, newer, at('empty'), vkey).status).toBe(1)
    expect(run('consistency', newer, older, proof, vkey).status).toBe(1)
    expect(run('consistency', checkpointOf(256), newer, proof, vkey).status).toBe(1)
    expect(run('consistency', older, newer, at('from-0-to-700'), vkey).status).toBe(1)
  })

  it('a wrong call, with another exit status', () => {
    expect(run().status).toBe(2)
    expect(run('tree', treeOf(last)).status).toBe(2)
    expect(run('tree', treeOf(last), `${vkey.slice(0, -4)}AAA=`).status).toBe(2)
  })
})

describe('OpenSSL', () => {
  const openssl = (checkpoint: string, key: string) =>
    spawnSync(resolve(import.meta.dirname, '../../interop/openssl.sh'), [checkpoint, key], { encoding: 'utf8' }).status

  it("verifies the log's signature, and no other", () => {
    const tree = copyOf('openssl')
    expect(openssl(checkpointOf(last), vkey)).toBe(0)
    expect(openssl(checkpointOf(last), strangerVkey)).toBe(1)
    editText(tree, text => text.replace('\n700\n', '\n701\n'))
    expect(openssl(join(tree, 'checkpoint'), vkey)).toBe(1)
  })
})

const force = { force: true }

function copyOf(name: string): string {
  const tree = at('copies', name)
  mkdirSync(at('copies'), { recursive: true })
  cpSync(treeOf(last), tree, { recursive: true })
  return tree
}

/** Tiles are read-only and hard-linked nowhere else: the file is replaced. */
function edit(tree: string, file: string, change: (bytes: Buffer) => Uint8Array): void {
  const path = join(tree, file)
  const changed = change(readFileSync(path))
  rmSync(path)
  writeFileSync(path, changed)
}

function editText(tree: string, change: (text: string) => string): void {
  edit(tree, 'checkpoint', bytes => Buffer.from(change(bytes.toString('utf8'))))
}

function editLine(tree: string, number: number, change: (line: string) => string): void {
  editText(tree, text => changeLine(text, number, change))
}

function changeLine(text: string, number: number, change: (line: string) => string | undefined): string {
  const lines = text.split('\n')
  const changed = change(lines[number] ?? '')
  lines.splice(number, 1, ...(changed === undefined ? [] : [changed]))
  return lines.join('\n')
}

function editSignature(tree: string): void {
  editText(tree, text => text.replace(/(— \S+ )(\S+)/, (_, head, base64) => head + flipBase64(20)(base64)))
}

const flip = (position: number) => (bytes: Buffer) => {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(position) ^ 1, position)
  return changed
}

const flipBase64 = (position: number) => (text: string) => encodeBase64(flip(position)(Buffer.from(text, 'base64')))

const entries = (change: (all: Uint8Array[]) => Uint8Array[]) => (bytes: Buffer) => {
  const parsed = parseBundle(bytes)
  if (!parsed.ok) throw new Error('expected a bundle of the ledger to be read')
  return formatBundle(change(parsed.value))
}

function cosign(tree: string): void {
  editText(tree, text => text + witness.cosign(text.slice(0, text.indexOf('\n\n') + 1), nowMs / 1000))
}

/** The last bit of the time, behind four bytes of key ID. */
function retimed(note: string): string {
  return note.replace(/(— witness\.example )(\S+)/, (_, head, base64) => head + flipBase64(11)(base64))
}
