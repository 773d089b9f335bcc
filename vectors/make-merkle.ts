/**
 * Writes `merkle-altered.json`: sound proofs as published in transparency-dev/merkle (`proof/verify_test.go`), and each of
 * them altered in every way that file alters them, by code of ours. `node vectors/make-merkle.ts`
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Inclusion {
  desc: string
  leafIdx: number
  treeSize: number
  leafHash: string
  proof: string[]
  root: string
  wantErr: boolean
}
interface Consistency {
  desc: string
  size1: number
  size2: number
  root1: string
  root2: string
  proof: string[]
  wantErr: boolean
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
const words = (text: string) => Buffer.from(text).toString('base64')
const hash = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest('base64')
const flip = (text: string, bits: number) => {
  const bytes = Buffer.from(text, 'base64')
  bytes[0] = (bytes[0] ?? 0) ^ bits
  return bytes.toString('base64')
}

const merkle: { leaves: string[]; roots: string[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'merkle.json'), 'utf8'),
)
/** By size, from 0; a tree's last leaf by its size. */
const rootOf = (size: number) => base64(merkle.roots[size] ?? '')
const leafOf = (index: number) => hash(Buffer.of(0), Buffer.from(merkle.leaves[index] ?? '', 'hex'))
const some = base64('abacaba000000000000000000000000000000000000000000060061e00123456')
const emptyTree = rootOf(0)

const inclusions: [leaf: number, size: number, proof: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [3, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    2,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
]

const consistencies: [size1: number, size2: number, proof: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
  [
    6,
    7,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
]

function inclusionCases(): Inclusion[] {
  const leaf = hash(Buffer.of(0), Buffer.from('data'))
  const single = (leafHash: string, root: string, wantErr: boolean): Inclusion => ({
    desc: 'a tree of one entry',
    leafIdx: 0,
    treeSize: 1,
    leafHash,
    proof: [],
    root,
    wantErr,
  })
  const outside = [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 1],
  ].flatMap(([leafIdx = 0, treeSize = 0]) =>
    [
      [some, ''],
      ['', emptyTree],
      [some, emptyTree],
    ].map(([leafHash = '', root = '']) => ({
      desc: 'an index outside, or no hash',
      leafIdx,
      treeSize,
      leafHash,
      proof: [],
      root,
      wantErr: true,
    })),
  )
  return [
    single(leaf, leaf, false),
    single('', leaf, true),
    single(leaf, '', true),
    single('', '', true),
    ...outside,
    ...inclusions.flatMap(alteredInclusions),
  ]
}

function alteredInclusions([leaf, treeSize, hexes]: (typeof inclusions)[number]): Inclusion[] {
  const proof = hexes.map(base64)
  const root = rootOf(treeSize)
  const leafIdx = leaf - 1
  const happy: Inclusion = {
    desc: 'happy path',
    leafIdx,
    treeSize,
    leafHash: leafOf(leafIdx),
    proof,
    root,
    wantErr: false,
  }
  const wrong = (desc: string, change: Partial<Inclusion>): Inclusion => ({ ...happy, ...change, desc, wantErr: true })
  const cases = [
    happy,
    // The index is a 64-bit one there, without a sign.
    wrong('leafIdx - 1', { leafIdx: leafIdx === 0 ? 2 ** 64 : leafIdx - 1 }),
    wrong('leafIdx + 1', { leafIdx: leafIdx + 1 }),
    wrong('leafIdx ^ 2', { leafIdx: leafIdx ^ 2 }),
    wrong('treeSize * 2', { treeSize: treeSize * 2 }),
    wrong('treeSize / 2', { treeSize: Math.floor(treeSize / 2) }),
    wrong('wrong leaf', { leafHash: words('WrongLeaf') }),
    wrong('empty root', { root: emptyTree }),
    wrong('random root', { root: some }),
    wrong('trailing garbage', { proof: [...proof, ''] }),
    wrong('trailing root', { proof: [...proof, root] }),
    wrong('preceding garbage', { proof: ['', ...proof] }),
    wrong('preceding root', { proof: [root, ...proof] }),
    ...proof.map((_, at) => wrong(`modified proof[${at}] bit 3`, { proof: flipAt(proof, at, 8) })),
  ]
  if (proof.length > 0) cases.push(wrong('removed component', { proof: proof.slice(0, -1) }))
  if (proof.length > 1) {
    const [first = '', ...rest] = proof
    cases.push(wrong('inserted component', { proof: [first, some, ...rest] }))
  }
  return cases
}

function consistencyCases(): Consistency[] {
  const [one, two] = [words("don't care 1"), words("don't care 2")]
  const rows: [number, number, string, string, string[], boolean][] = [
    [0, 0, one, two, [], true],
    [1, 1, one, two, [], true],
    [0, 0, one, one, [], false],
    [0, 1, one, two, [], false],
    [1, 1, two, two, [], false],
    [1, 0, one, two, [], true],
    [2, 1, one, two, [], true],
    [1, 2, one, two, [], true],
    [0, 0, emptyTree, two, [], true],
    [1, 1, emptyTree, two, [], true],
    [0, 0, emptyTree, emptyTree, [emptyTree], true],
    [0, 1, emptyTree, emptyTree, [emptyTree], true],
    [1, 1, emptyTree, emptyTree, [emptyTree], true],
  ]
  const table = rows.map(([size1, size2, root1, root2, proof, wantErr]) => ({
    desc: 'small sizes',
    size1,
    size2,
    root1,
    root2,
    proof,
    wantErr,
  }))
  return [...table, ...consistencies.flatMap(alteredConsistencies)]
}

function alteredConsistencies([size1, size2, hexes]: (typeof consistencies)[number]): Consistency[] {
  const proof = hexes.map(base64)
  const [root1, root2] = [rootOf(size1), rootOf(size2)]
  const happy: Consistency = { desc: 'happy path', size1, size2, root1, root2, proof, wantErr: false }
  const [first] = proof
  if (first === undefined) return [happy]
  const wrong = (desc: string, change: Partial<Consistency>): Consistency => ({
    ...happy,
    ...change,
    desc,
    wantErr: true,
  })
  return [
    happy,
    wrong('size1 - 1', { size1: size1 - 1 }),
    wrong('size1 + 1', { size1: size1 + 1 }),
    wrong('size1 ^ 2', { size1: size1 ^ 2 }),
    wrong('size2 * 2', { size2: size2 * 2 }),
    wrong('size2 / 2', { size2: Math.floor(size2 / 2) }),
    wrong('wrong root1', { root1: words('WrongRoot') }),
    wrong('wrong root2', { root2: words('WrongRoot') }),
    wrong('swapped roots', { root1: root2, root2: root1 }),
    wrong('empty proof', { proof: [] }),
    wrong('trailing garbage', { proof: [...proof, ''] }),
    wrong('trailing root1', { proof: [...proof, root1] }),
    wrong('trailing root2', { proof: [...proof, root2] }),
    wrong('preceding garbage', { proof: ['', ...proof] }),
    wrong('preceding root1', { proof: [root1, ...proof] }),
    wrong('preceding root2', { proof: [root2, ...proof] }),
    wrong('preceding proof[0]', { proof: [first, ...proof] }),
    wrong('truncated proof', { proof: proof.slice(0, -1) }),
    ...proof.map((_, at) => wrong(`modified proof[${at}] bit 4`, { proof: flipAt(proof, at, 16) })),
  ]
}

const flipAt = (proof: string[], at: number, bits: number) =>
  proof.map((each, i) => (i === at ? flip(each, bits) : each))

const source = {
  repository: 'transparency-dev/merkle',
  licence: 'Apache-2.0',
  path: 'proof/verify_test.go',
  commit: '02194e9afb6c1d95b5381350007963aa70fff472',
}
const whole = { source, inclusion: inclusionCases(), consistency: consistencyCases() }
writeFileSync(join(import.meta.dirname, 'merkle-altered.json'), `${JSON.stringify(whole, null, 1)}\n`)
