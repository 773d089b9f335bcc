import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCarried } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ana, id, point } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

const made = (name: string) => fileURLToPath(new URL(`../../../../vectors/made/${name}`, import.meta.url))
const trust = made('trust.json')
const exported = JSON.parse(readFileSync(made('export.json'), 'utf8'))

let world: World
beforeEach(() => {
  world = createWorld({
    queryEvidence: ({ query }) => ({
      v: 1,
      format: 'breakglass-export',
      organization: id('o'),
      from: query.from,
      to: query.to,
      generatedAt: '2026-11-23T12:00:00.000Z',
      ledger: { origin: 'acme.example/log', size: 42, checkpoint: 'x' },
      counts: {
        uses: 1,
        grants: 2,
        unused: 1,
        refused: 0,
        voided: 0,
        findings: 0,
        reviewsDue: 2,
        reviewsSigned: 1,
        reviewsLate: 0,
      },
      rows: [
        {
          id: `${id('g')}/1`,
          record: 'use',
          actor: { ...ana, name: '=cmd' },
          approvers: [],
          gate: 'payments/lint',
          repository: point().repository,
          usedAt: '2026-11-20T12:00:00.000Z',
          keeps: [],
          told: [],
          laterResult: 'unknown',
          statements: [],
        },
      ],
    }),
  })
})
afterEach(() => world.remove())

const write = (name: string, text: string) => writeFileSync(path.join(world.directory, name), text)

describe('evidence', () => {
  it.each([
    [['--period', '2026-Q4'], { from: '2026-10-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }],
    [['--period', '2026-02'], { from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' }],
    [['--period', '2026'], { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }],
    [['--from', '2026-10-01'], { from: '2026-10-01T00:00:00.000Z', to: '2026-11-23T12:00:00.000Z' }],
    [
      ['--from', '2026-10-01', '--to', '2026-10-02T00:00:00+02:00', '--gate', 'payments/lint'],
      { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T22:00:00.000Z', gate: 'payments/lint' },
    ],
    [
      ['--period', '2026-Q4', '--with-proofs'],
      { from: '2026-10-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z', proofs: 'true' },
    ],
  ])('%j asks for that period', async (argv, query) => {
    expect((await world.run(['evidence', ...argv])).exit).toBe(0)
    expect(world.server.calls[0]?.query).toEqual(query)
  })

  it.each([
    [[]],
    [['--period', '2026-Q5']],
    [['--period', '2026-Q4', '--from', '2026-10-01']],
    [['--from', '2026-02-30']],
    [['--from', '2026-10-02', '--to', '2026-10-01']],
    [['--period', '2026-Q4', '--csv', '--json']],
    [['--period', '2026-Q4', '--csv', '--with-proofs']],
  ])('%j is a wrong command line', async argv => {
    expect((await world.run(['evidence', ...argv])).exit).toBe(2)
    expect(world.server.calls).toEqual([])
  })

  it('is a table, a CSV that runs nothing in a spreadsheet, or a file for its owner alone', async () => {
    expect((await world.run(['evidence', '--period', '2026-Q4'])).stdout).toContain('1 of 2 grants; 1 unused')
    expect((await world.run(['evidence', '--period', '2026-Q4', '--csv'])).stdout).toContain("'=cmd")
    expect((await world.run(['evidence', '--period', '2026-Q4', '--out', 'q4.json'])).exit).toBe(0)
    const file = path.join(world.directory, 'q4.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'breakglass-export',
      rows: [{ record: 'use' }],
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('verify', () => {
  it.each(['export.json', 'grant.carried'])('%s verifies without a server', async name => {
    world.env['BREAKGLASS_SERVER'] = ''
    const { exit, stdout } = await world.run(['verify', made(name), '--trust', trust])
    expect(exit).toBe(0)
    expect(stdout).toContain('VERIFIED')
    expect(world.server.calls).toEqual([])
  })

  it('a statement as show prints it verifies', async () => {
    const carried = parseCarried(readFileSync(made('grant.carried'), 'utf8').trim())
    if (!carried.ok) throw new Error('the vector is broken')
    write('s.json', JSON.stringify({ logged: { statement: carried.value.jws, proof: carried.value.proof }, index: 1 }))
    expect((await world.run(['verify', 's.json', '--trust', trust])).exit).toBe(0)
    write('s.json', JSON.stringify({ logged: { statement: carried.value.jws } }))
    const { exit, stdout } = await world.run(['verify', 's.json', '--trust', trust])
    expect(exit).toBe(1)
    expect(stdout).toContain('not_logged')
  })

  it('lists every fault of an export in words', async () => {
    const { entries } = exported
    const spoil = (entry: { statement: string }) => ({ ...entry, statement: `${entry.statement.slice(0, -4)}AAAA` })
    write('bad.json', JSON.stringify({ ...exported, entries: entries.map(spoil) }))
    const { exit, stdout } = await world.run(['verify', 'bad.json', '--trust', trust])
    expect(exit).toBe(1)
    expect(stdout).toContain('NOT VERIFIED')
    for (const index of entries.keys()) expect(stdout).toContain(`at entries[${index}]`)
    const { stdout: json } = await world.run(['verify', 'bad.json', '--trust', trust, '--json'])
    expect(JSON.parse(json)).toMatchObject({ ok: false, entries: [] })
  })

  it('calls nothing verified where there is nothing', async () => {
    write('empty.json', JSON.stringify({ ...exported, entries: [] }))
    expect((await world.run(['verify', 'empty.json', '--trust', trust])).exit).toBe(1)
    write('noise', 'hello')
    expect((await world.run(['verify', 'noise', '--trust', trust])).exit).toBe(1)
  })

  it('tells an erased text from an altered one', async () => {
    const { texts: _texts, documents: _documents, ...bare } = exported
    write('erased.json', JSON.stringify(bare))
    const { exit, stdout } = await world.run(['verify', 'erased.json', '--trust', trust])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/texts +0 present, \d+ erased, 0 altered/)
  })

  it('needs a trust.json that was pinned, and says what is wrong with another', async () => {
    expect((await world.run(['verify', made('export.json')])).exit).toBe(2)
    write('trust.json', '{}')
    expect((await world.run(['verify', made('export.json'), '--trust', 'trust.json'])).exit).toBe(1)
    expect((await world.run(['verify', 'nowhere', '--trust', trust])).exit).toBe(4)
  })
})

describe('show', () => {
  it('shows what was signed, and writes what verify reads', async () => {
    const { organization, entries } = exported
    world.server.handlers.subjectStatements = () => ({ v: 1, format: 'breakglass-export', organization, entries })
    const { exit, stdout } = await world.run(['show', id('g'), '--out', 'grant.json'])
    expect(exit).toBe(0)
    expect(stdout).toContain('glass.granted')
    expect((await world.run(['verify', 'grant.json', '--trust', trust])).exit).toBe(0)
  })
})
