import fs from 'node:fs'
import { formatVkey, noteKeyType, openCheckpoint, parseTrustPolicy } from '@breakglass/verify'
import { expect, it } from 'vitest'
import { newWitness, open, serve } from './testing/temporary-witness.ts'

interface Published {
  logs: { origin: string; publicKey: string }[]
  requests: { name: string; body: string; status: number; size?: number; says?: string }[]
}
const published: Published = JSON.parse(
  fs.readFileSync(new URL('../../../../vectors/witness-requests.json', import.meta.url), 'utf8'),
)

it('answers the requests of another witness’s tests, which logs of other software signed, as that one does', async () => {
  const vkeys = published.logs.map(({ origin, publicKey }) =>
    formatVkey(origin, noteKeyType.ed25519, Buffer.from(publicKey, 'hex')),
  )
  const { dir, vkey } = await newWitness(vkeys)
  const url = await serve(open(dir))
  const policy = parseTrustPolicy(`${vkeys.map(key => `log ${key}\n`).join('')}witness w ${vkey}\nquorum w\n`)
  if (!policy.ok) throw new Error('expected a policy')

  for (const { name, body, status, size, says } of published.requests) {
    const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body })
    const told = await answer.text()
    expect(answer.status, name).toBe(status)
    if (says !== undefined) expect(told, name).toBe(says)
    if (size === undefined) continue
    // What came back stands under the note that was sent, and counts for the quorum.
    const note = body.slice(body.indexOf('\n\n') + 2) + told
    const opened = openCheckpoint(note, policy.value)
    expect(opened.ok && opened.value.size, name).toBe(size)
  }
})
