import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { parseCheckpoint, parseNote } from '@breakglass/verify'
import { type Sink, type SinkBatch, SinkError } from './sink.ts'
import type { SyslogConfig } from './sinks-config.ts'
import { checkpointFrame, entryFrame, hostnameOf, type SyslogHeader } from './syslog-message.ts'

/** Longer than a round trip: a close that was on its way before our last octet arrived shows itself in this time. */
const quietMs = 250
/** For the connection, for each time the receiver lets us wait, and for its end of the stream. */
const answerMsMax = 10_000
/** Written at once, between two looks at whether the receiver keeps up. */
const writeCharactersMax = 65_536

export interface SyslogSinkOptions extends SyslogConfig {
  origin: string
  now: () => number
}

/**
 * A security-event collector: RFC 5424 over TLS (RFC 5425), a connection a batch. What "held" means, where nothing is
 * acknowledged: docs/formats/mirror.md "Syslog".
 */
export function syslogSink(options: SyslogSinkOptions): Sink {
  const { name, counts } = options
  const ending = new AbortController()
  return {
    name,
    kind: 'syslog',
    counts,
    // The receiver cannot be asked: the cursor is what is known.
    resume: async known => known,
    async take(batch) {
      const socket = await open(options)
      const stop = (): void => void socket.destroy(new Error('the ledger is stopping'))
      ending.signal.addEventListener('abort', stop)
      if (ending.signal.aborted) stop()
      try {
        await deliver(socket, frames(options, batch))
      } finally {
        ending.signal.removeEventListener('abort', stop)
        socket.destroy()
      }
    },
    abort: () => ending.abort(),
  }
}

async function open({ host, port, ca, cert, key, serverName }: SyslogSinkOptions): Promise<TLSSocket> {
  const [caPem, certPem, keyPem] = await Promise.all([readPem(ca), readPem(cert), readPem(key)])
  const name = serverName ?? (isIP(host) === 0 ? host : undefined)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // `rejectUnauthorized` is the default, and said here because everything rests on it.
  const socket = connect({
    host,
    port,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(caPem === undefined ? {} : { ca: caPem }),
    ...(certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem }),
    ...(name === undefined ? {} : { servername: name }),
  })
  const timer = setTimeout(() => socket.destroy(new Error(`no TLS connection to ${host}:${port} in time`)), answerMsMax)
  socket.once('secureConnect', resolve)
  // Stays: an error after the end of a batch has nobody to tell, and must not end the process.
  socket.on('error', reject)
  await promise.finally(() => clearTimeout(timer))
  return socket
}

async function readPem(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? undefined : await readFile(path)
}

/** Resolves when the receiver has read to the end of the stream. */
async function deliver(socket: TLSSocket, pieces: Iterable<string>): Promise<void> {
  const failure = Promise.withResolvers<never>()
  const fail = (error: Error): void => failure.reject(error)
  // Nobody may be waiting at the moment it fails.
  failure.promise.catch(() => undefined)
  const left = (): void => fail(new SinkError('receiver_left', 'the receiver closed before it was told the end'))
  const closed = (): void => fail(new SinkError('receiver_left', 'the connection ended in the middle'))
  socket.on('error', fail).on('end', left).on('close', closed)
  // What a receiver says means nothing; read, so that its end is seen.
  socket.resume()
  const within = async (what: Promise<unknown>, say: string): Promise<void> => {
    const timer = setTimeout(() => fail(new SinkError('receiver_left', `${say} within ${answerMsMax} ms`)), answerMsMax)
    await Promise.race([what, failure.promise]).finally(() => clearTimeout(timer))
  }
  for (const piece of pieces) await within(written(socket, piece), 'the receiver took nothing')
  await Promise.race([delay(quietMs), failure.promise])
  socket.off('end', left).off('close', closed)
  const ended = Promise.withResolvers<void>()
  socket.once('end', ended.resolve)
  socket.once('close', () =>
    fail(new SinkError('receiver_left', 'the connection ended without the receiver ending it')),
  )
  socket.end()
  await within(ended.promise, 'the receiver did not end the stream')
}

async function written(socket: TLSSocket, piece: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.write(piece, 'latin1', error => (error instanceof Error ? reject(error) : resolve()))
  await promise
}

function* frames(options: SyslogSinkOptions, batch: SinkBatch): Generator<string> {
  const { origin, facility, messageBytesMax, now } = options
  const header: SyslogHeader = { facility, hostname: hostnameOf(hostname()), processId: process.pid, atMs: now() }
  let piece = ''
  for (const [offset, bytes] of batch.entries.entries()) {
    piece += entryFrame(header, { origin, index: batch.first + offset, bytes }, messageBytesMax)
    if (piece.length < writeCharactersMax) continue
    yield piece
    piece = ''
  }
  if (batch.checkpoint !== undefined) piece += checkpointOf(header, batch.checkpoint, options)
  if (piece !== '') yield piece
}

function checkpointOf(
  header: SyslogHeader,
  { note, size }: { size: number; note: string },
  { origin, messageBytesMax }: SyslogSinkOptions,
): string {
  const signed = parseNote(note)
  const parsed = signed.ok ? parseCheckpoint(signed.value.text) : signed
  if (!parsed.ok) throw new TypeError(`expected a checkpoint of size ${size}`)
  return checkpointFrame(header, { origin, size, root: parsed.value.root, note }, messageBytesMax)
}
