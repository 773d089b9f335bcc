import type { IncomingMessage } from 'node:http'
import { msToInstant } from '@breakglass/verify'
import { type Answer, json, refusal } from '../http/answer.ts'
import { BodyReader } from '../http/body.ts'
import { type Edge, type EdgeOptions, serveEdge } from '../http/edge.ts'
import { requestBytesMax } from './request.ts'
import type { Cosigning, Witness } from './witness.ts'

export interface ServeWitnessOptions extends EdgeOptions {
  /** Milliseconds since 1970. */
  now: () => number
}

/** Of all requests at once, since anybody may send one. */
const bodiesBytesMax = 16 * 1024 * 1024

/** docs/formats/witness.md, over plain HTTP. */
export async function serveWitness(witness: Witness, options: ServeWitnessOptions): Promise<Edge> {
  const bodies = new BodyReader({ bodyBytesMax: requestBytesMax, bodiesBytesMax })
  const { now } = options
  return await serveEdge(options, (request, path) => {
    if (path === '/add-checkpoint') {
      return only('POST', request, () =>
        bodies.read(request, async body => answerOf(await witness.addCheckpoint(body))),
      )
    }
    if (path === '/healthz') return only('GET', request, () => health(witness, now()))
    const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? []
    if (hash !== undefined) return only('GET', request, () => latest(witness, hash))
    return refusal('not_found', 'there is nothing at this address')
  })
}

function only(method: string, request: IncomingMessage, act: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
  if (request.method === method) return act()
  return refusal('method_not_allowed', `this address takes ${method} only`, ['allow', method])
}

function answerOf(cosigning: Cosigning): Answer {
  switch (cosigning.outcome) {
    case 'cosigned':
      return text(200, 'text/plain; charset=utf-8', cosigning.line)
    case 'conflict':
      return text(409, 'text/x.tlog.size', `${cosigning.size}\n`)
    case 'refused':
      return refusal(cosigning.code, cosigning.message)
  }
}

function health({ name, vkey }: Witness, nowMs: number): Answer {
  return json(200, { name, vkey, now: msToInstant(nowMs) })
}

function latest(witness: Witness, hash: string): Answer {
  const note = witness.latest(hash)
  if (note === undefined) return refusal('not_found', 'no checkpoint of such an origin was ever cosigned here')
  return text(200, 'text/plain; charset=utf-8', note)
}

function text(status: number, type: string, body: string): Answer {
  return { status, type, body, caching: 'no-store' }
}
