import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { installFromDebian, mayInstall } from './debian.ts'

/** A real collector: rsyslog with TLS on a loopback port, which writes what it is sent, a line each. */
export interface Rsyslog {
  port: number
  /** PEM of the authority that signed its certificate, whose name is `localhost`. */
  ca: string
  lines(): string[]
  start(): Promise<void>
  /** SIGTERM, or without a word. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const program = '/usr/sbin/rsyslogd'
const tlsModule = '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so'
const remedy = 'the tests need rsyslogd with its TLS driver: apt-get install rsyslog rsyslog-gnutls openssl'

/** Started, and stopped when the test ends. */
export async function startRsyslog(): Promise<Rsyslog> {
  if (!hasRsyslog()) {
    if (!mayInstall()) throw new Error(remedy)
    installFromDebian(['rsyslog', 'rsyslog-gnutls', 'openssl'], remedy)
  }
  const dir = fs.mkdtempSync(join(tmpdir(), 'breakglass-rsyslog-'))
  makeCertificates(dir)
  const received = join(dir, 'received')
  const portFile = join(dir, 'port')
  let child: ChildProcess | undefined
  const rsyslog: Rsyslog = {
    port: 0,
    ca: join(dir, 'ca.pem'),
    lines: () => (fs.existsSync(received) ? fs.readFileSync(received, 'utf8').split('\n').slice(0, -1) : []),
    async start() {
      // One that was killed leaves its own behind, and the next would not start beside it.
      fs.rmSync(join(dir, 'pid'), { force: true })
      fs.writeFileSync(join(dir, 'rsyslog.conf'), configuration(dir, rsyslog.port))
      child = spawn(program, ['-n', '-f', join(dir, 'rsyslog.conf'), '-i', join(dir, 'pid')], { stdio: 'ignore' })
      await vi.waitFor(async () => {
        // Written only for the port that was picked; the next start is given the same.
        if (rsyslog.port === 0) rsyslog.port = Number(fs.readFileSync(portFile, 'utf8'))
        await connects(rsyslog.port)
      }, 10_000)
    },
    async stop(signal = 'SIGTERM') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = Promise.withResolvers<void>()
      child.once('exit', () => ended.resolve())
      child.kill(signal)
      await ended.promise
    },
  }
  onTestFinished(async () => {
    await rsyslog.stop()
    fs.rmSync(dir, { recursive: true, force: true })
  })
  await rsyslog.start()
  return rsyslog
}

async function connects(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1').once('connect', resolve).once('error', reject)
  await promise.finally(() => socket.destroy())
}

function hasRsyslog(): boolean {
  return fs.existsSync(program) && fs.existsSync(tlsModule) && fs.existsSync('/usr/bin/openssl')
}

/** The queue is passed by, so that what has been read has been written. */
function configuration(dir: string, port: number): string {
  return `global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="${dir}/ca.pem"
  DefaultNetstreamDriverCertFile="${dir}/server.pem" DefaultNetstreamDriverKeyFile="${dir}/server.key"
  maxMessageSize="64k" workDirectory="${dir}")
main_queue(queue.type="Direct")
module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="${port}" listenPortFileName="${dir}/port")
template(name="message" type="string" string="%msg%\\n")
action(type="omfile" file="${dir}/received" template="message")
`
}

function makeCertificates(dir: string): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
  )
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost')
  fs.writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:localhost\n')
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'names']
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signed)
}
