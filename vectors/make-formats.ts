import { cosignerFromSeed, encodeHex, encodeUtf8, formatBundle } from '../packages/verify/src/index.ts'
import { logSigner, seedOf } from '../packages/verify/src/testing/world.ts'

/** Accepted and refused texts of the C2SP formats; what is expected is written down here and not asked of the verifier. */
export function proofCases(sound: string): object[] {
  const refused = (name: string, text: string) => ({ name, text, codes: ['bad_proof'] })
  const [hash = ''] = sound.match(/(?<=\n)[A-Za-z0-9+/]{43}=(?=\n)/) ?? []
  return [
    { name: 'sound', text: sound, codes: [] },
    { name: 'with extra data', text: sound.replace('\nindex', '\nextra AQID\nindex'), codes: [] },
    refused('another version', sound.replace('@v1', '@v2')),
    refused('no header', sound.slice(sound.indexOf('\n') + 1)),
    refused('extra data behind the index', sound.replace('index 7\n', 'index 7\nextra AQID\n')),
    refused('extra data twice', sound.replace('\nindex', '\nextra AQID\nextra AQID\nindex')),
    refused('extra data in another spelling', sound.replace('\nindex', '\nextra AQI\nindex')),
    refused('an index with a leading zero', sound.replace('index 7', 'index 07')),
    refused('an index with a sign', sound.replace('index 7', 'index +7')),
    refused('an index of nothing', sound.replace('index 7', 'index ')),
    refused('an index past 2^53 - 1', sound.replace('index 7', 'index 9007199254740992')),
    refused('no index', sound.replace('index 7\n', '')),
    refused('a short hash', sound.replace(hash, 'AQID')),
    refused('a hash without padding', sound.replace(hash, hash.slice(0, -1))),
    refused('a line of white space before the checkpoint', sound.replace('\n\n', '\n \n')),
    refused('64 hashes', sound.replace(hash, `${`${hash}\n`.repeat(60)}${hash}`)),
    refused('carriage returns', sound.replaceAll('\n', '\r\n')),
    refused('no checkpoint', sound.slice(0, sound.indexOf('\n\n') + 2)),
  ]
}

/** Who has cosigned, of two of (any of a and b), (all of c and d), e: every one of the 32 answers. */
export function quorumCases(): object {
  const names = ['a', 'b', 'c', 'd', 'e']
  const keys = names.map((name, index) => cosignerFromSeed(`${name}.example`, seedOf(index + 50)).vkey)
  const lines = names.map((name, index) => `witness ${name} ${keys[index]}`)
  const groups = ['group either any a b', 'group both all c d', 'group two 2 either both e', 'quorum two']
  const policy = [`log ${logSigner.vkey}`, ...lines, ...groups, ''].join('\n')
  const cases = Array.from({ length: 32 }, (_, bits) => {
    const [a, b, c, d, e] = names.map((_, index) => Math.floor(bits / 2 ** index) % 2 === 1)
    const cosigned = names.filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1)
    return { cosigned, met: [a || b, c && d, e].filter(Boolean).length >= 2 }
  })
  return { policy, cases }
}

/** Where tiles lie, what lies nowhere, and entry bundles as hex beside their entries. */
export function tileCases(): object {
  const bundles = [[], [''], ['one'], ['one', '', 'three'], Array.from({ length: 256 }, (_, index) => String(index))]
  return {
    paths: [
      { path: 'tile/0/000', level: 0, index: 0, width: 256 },
      { path: 'tile/0/x001/x234/067', level: 0, index: 1_234_067, width: 256 },
      { path: 'tile/1/x001/000.p/1', level: 1, index: 1000, width: 1 },
      { path: 'tile/63/999.p/255', level: 63, index: 999, width: 255 },
      { path: 'tile/entries/273.p/112', level: 'entries', index: 273, width: 112 },
      { path: 'tile/0/x009/x007/x199/x254/x740/991', level: 0, index: Number.MAX_SAFE_INTEGER, width: 256 },
    ],
    refused: [
      'tile/0/x009/x007/x199/x254/x740/992',
      'tile/0/x000/001',
      'tile/0/1',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/000.p/01',
      'tile/64/000',
      'tile/00/000',
      'tile/8/0/000',
      'tile/entries/000\n',
    ],
    bundles: bundles.map(entries => ({ entries, hex: encodeHex(formatBundle(entries.map(encodeUtf8))) })),
    refusedBundles: ['00', '0001', '000161ff', '00036161', '0000'.repeat(257)],
  }
}
