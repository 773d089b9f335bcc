import fs from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import {
  formatDigest,
  hashLeaf,
  openCheckpoint,
  parseTlogProof,
  parseTrustPolicy,
  type TrustPolicy,
} from '@breakglass/verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LedgerError } from './errors.ts'
import { checkSound, codeOf, entriesFrom, newLedger, open, startMs, temporaryDir } from './testing/temporary-ledger.ts'
import { newWitness, open as openWitness, serve } from './witness/testing/temporary-witness.ts'

/** An address that can be up or down, in front of a real witness. */
async function reachable(url: string): Promise<{ url: string; up: boolean; refused: number }> {
  const gate = { url: '', up: true, refused: 0 }
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = request.method === 'POST' ? Buffer.concat(await request.toArray()) : undefined
    const answer = await fetch(`${url}${request.url}`, { method: request.method ?? 'GET', body: body ?? null })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  const server = createServer((request, response) => {
    if (!gate.up) {
      gate.refused++
      return void request.socket.destroy()
    }
    // A ledger may still ask while the test takes its witnesses down.
    void passOn(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  gate.url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  return gate
}

interface Setting {
  dir: string
  policy: TrustPolicy
  gates: { up: boolean; refused: number }[]
}

/** A ledger and three witnesses of it, two of whom are needed. */
async function witnessedLedger(now: () => number = () => startMs): Promise<Setting> {
  const { dir, vkey } = await newLedger()
  const lines: string[] = []
  const gates: { up: boolean; refused: number }[] = []
  for (const number of [1, 2, 3]) {
    const made = await newWitness([vkey], `witness.example/${number}`)
    const gate = await reachable(await serve(openWitness(made.dir, { now })))
    gates.push(gate)
    lines.push(`witness w${number} ${made.vkey} ${gate.url}\n`)
  }
  const text = `log ${vkey}\n${lines.join('')}group enough 2 w1 w2 w3\nquorum enough\n`
  fs.writeFileSync(join(dir, 'policy'), text)
  const policy = parseTrustPolicy(text)
  if (!policy.ok) throw new Error(JSON.stringify(policy.faults))
  return { dir, policy: policy.value, gates }
}

function cosignersOf(policy: TrustPolicy, note: string): string[] {
  const opened = openCheckpoint(note, policy)
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults))
  return opened.value.cosignatures.map(({ name }) => name)
}

const leafOf = (entry: Uint8Array) => formatDigest(hashLeaf(entry))

describe('a ledger whose policy names witnesses', () => {
  it('answers with proofs that enough of them have cosigned, and publishes the same', async () => {
    const { dir, policy } = await witnessedLedger()
    const ledger = await open(dir)
    for (const count of [1, 3, 300 - 4]) {
      for (let at = ledger.checkpoint().size, end = at + count; at < end; at = ledger.checkpoint().size) {
        const [logged] = await ledger.append(entriesFrom(at, Math.min(256, end - at)))
        const proof = parseTlogProof(logged!.proof)
        expect(proof.ok && cosignersOf(policy, proof.value.checkpoint).length).toBeGreaterThanOrEqual(2)
      }
    }
    await ledger.close()
    const note = fs.readFileSync(join(dir, 'tree/checkpoint'), 'utf8')
    expect(cosignersOf(policy, note).length).toBeGreaterThanOrEqual(2)
    expect(checkSound(dir).size).toBe(300)
  })

  it('goes on with one of them down', async () => {
    const { dir, policy, gates } = await witnessedLedger()
    gates[0]!.up = false
    const ledger = await open(dir)
    await ledger.append(entriesFrom(0, 2))
    expect(cosignersOf(policy, ledger.checkpoint().note)).toEqual(['w2', 'w3'])
  })

  it('publishes nothing that too few have seen, and proves it under the same index once they have', async () => {
    const { dir, policy, gates } = await witnessedLedger()
    const ledger = await open(dir)
    const [first, second] = entriesFrom(0, 2) as [Uint8Array, Uint8Array]
    await ledger.append([first])
    const before = ledger.checkpoint()
    for (const gate of gates.slice(1)) gate.up = false
    expect(await codeOf(ledger.append([second]))).toBe('no_quorum')
    expect(await codeOf(ledger.proofFor(leafOf(second)))).toBe('no_quorum')
    expect(ledger.checkpoint()).toEqual(before)
    expect(ledger.tile('tile/entries/000.p/2')).toBeUndefined()
    // What was published before is proven all the same.
    expect((await ledger.proofFor(leafOf(first)))?.index).toBe(0)
    gates[1]!.up = true
    expect((await ledger.append([second]))[0]?.index).toBe(1)
    expect(cosignersOf(policy, ledger.checkpoint().note)).toEqual(['w1', 'w2'])
  })

  it('has what does not grow cosigned again, and shows the newer time', async () => {
    let nowMs = startMs
    const now = () => nowMs
    const { dir, policy, gates } = await witnessedLedger(now)
    const times = (note: string) => {
      const opened = openCheckpoint(note, policy)
      return opened.ok ? opened.value.cosignatures.map(({ timeSeconds }) => timeSeconds) : []
    }
    const ledger = await open(dir, { now, recosignMs: 60 })
    await ledger.append(entriesFrom(0, 3))
    for (const gate of gates.slice(1)) gate.up = false
    await expect.poll(() => gates[1]!.refused, { timeout: 10_000 }).toBeGreaterThan(0)
    const before = ledger.checkpoint()
    nowMs += 5000
    const { refused } = gates[1]!
    await expect.poll(() => gates[1]!.refused, { timeout: 10_000 }).toBeGreaterThan(refused + 1)
    // Too few answer: what was published stays, cosignatures and all.
    expect(ledger.checkpoint()).toEqual(before)
    for (const gate of gates) gate.up = true
    await expect.poll(() => ledger.checkpoint().note, { timeout: 10_000 }).not.toBe(before.note)
    const after = ledger.checkpoint()
    expect([after.size, after.root]).toEqual([before.size, before.root])
    expect(Math.max(...times(after.note))).toBeGreaterThan(Math.max(...times(before.note)))
    await expect
      .poll(() => times(fs.readFileSync(join(dir, 'tree/checkpoint'), 'utf8')))
      .not.toEqual(times(before.note))
    expect((await ledger.append(entriesFrom(3, 1)))[0]?.index).toBe(3)
    await ledger.close()
    expect(checkSound(dir).size).toBe(4)
  })

  it('stops when an idle one learns that somebody else signs with its key', async () => {
    const { dir } = await witnessedLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 3))
    await first.close()
    const copy = join(temporaryDir(), 'copy')
    fs.cpSync(dir, copy, { recursive: true })
    const fatal: LedgerError[] = []
    await open(dir, { recosignMs: 60, onFatal: error => fatal.push(error) })
    const other = await open(copy)
    await other.append(entriesFrom(10, 1))
    await expect.poll(() => fatal.map(({ code }) => code), { timeout: 10_000 }).toEqual(['witness_disagrees'])
  })

  it('keeps over a restart what it could not publish, and a tree on disk that fits its checkpoint', async () => {
    const { dir, policy, gates } = await witnessedLedger()
    const ledger = await open(dir)
    await ledger.append(entriesFrom(0, 2))
    for (const gate of gates) gate.up = false
    expect(await codeOf(ledger.append(entriesFrom(2, 5)))).toBe('no_quorum')
    await ledger.close()
    const note = fs.readFileSync(join(dir, 'tree/checkpoint'), 'utf8')
    expect(openCheckpoint(note, policy)).toMatchObject({ ok: true, value: { size: 2 } })
    expect(fs.existsSync(join(dir, 'tree/tile/entries/000.p/2'))).toBe(true)
    expect(checkSound(dir)).toMatchObject({ size: 7, settled: 7 })
    const again = await open(dir)
    expect(again.checkpoint().size).toBe(2)
    for (const gate of gates) gate.up = true
    expect((await again.append(entriesFrom(6, 1)))[0]?.index).toBe(6)
    expect(again.checkpoint().size).toBe(7)
  })

  it('gets cosignatures at its start for what it published before it had witnesses', async () => {
    const { dir, policy } = await witnessedLedger()
    const text = fs.readFileSync(join(dir, 'policy'))
    fs.rmSync(join(dir, 'policy'))
    const alone = await open(dir)
    await alone.append(entriesFrom(0, 3))
    await alone.close()
    fs.writeFileSync(join(dir, 'policy'), text)
    const ledger = await open(dir)
    expect(cosignersOf(policy, ledger.checkpoint().note).length).toBeGreaterThanOrEqual(2)
    expect(ledger.checkpoint().size).toBe(3)
  })

  it('is not started from an old backup that looks whole by itself', async () => {
    const { dir } = await witnessedLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 3))
    await first.close()
    const backup = join(temporaryDir(), 'backup')
    fs.cpSync(dir, backup, { recursive: true })
    const second = await open(dir)
    await second.append(entriesFrom(3, 1))
    await second.close()
    expect(checkSound(backup).size).toBe(3)
    expect(await codeOf(open(backup))).toBe('rolled_back')
    expect((await (await open(dir)).append(entriesFrom(3, 1)))[0]?.index).toBe(3)
  })

  it('is not started, and stops, when somebody else signs with its key', async () => {
    const { dir } = await witnessedLedger()
    const first = await open(dir)
    await first.append(entriesFrom(0, 3))
    await first.close()
    const copy = join(temporaryDir(), 'copy')
    fs.cpSync(dir, copy, { recursive: true })
    const fatal: LedgerError[] = []
    const one = await open(dir, { onFatal: error => fatal.push(error) })
    const other = await open(copy)
    await one.append(entriesFrom(10, 1))
    // Both have taken a fourth entry, and the witnesses have seen the first of the two trees.
    expect(await codeOf(other.append(entriesFrom(20, 1)))).toBe('stopping')
    await other.close()
    expect(await codeOf(open(copy))).toBe('witness_disagrees')
    expect((await one.append(entriesFrom(11, 1)))[0]?.index).toBe(4)
    expect(fatal).toEqual([])
  })

  it('is refused with a policy of another log, or none that can be read', async () => {
    const { dir } = await witnessedLedger()
    const path = join(dir, 'policy')
    const sound = fs.readFileSync(path, 'utf8')
    const { vkey } = await newLedger()
    for (const text of [
      'quorum\n',
      sound.replace(/^log .*\n/, `log ${vkey}\n`),
      sound.replace('http://', 'gopher://'),
    ]) {
      fs.writeFileSync(path, text)
      expect(await codeOf(open(dir))).toBe('config_damaged')
    }
    fs.writeFileSync(path, sound)
    await open(dir, { now: () => startMs })
  })
})
