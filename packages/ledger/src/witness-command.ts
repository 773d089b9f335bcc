import { resolve } from 'node:path'
import { type Command, required } from './command.ts'
import { exit, type Host } from './host.ts'
import { nodeFiles } from './node-files.ts'
import { addressFrom, ending, logTo, serveFlags } from './serving.ts'
import { readCosigner, witnessLayoutOf } from './witness/identity.ts'
import { initWitness } from './witness/init.ts'
import { serveWitness } from './witness/serve.ts'
import { openHeads, openWitness } from './witness/witness.ts'

export const witnessInitCommand: Command = {
  help: `breakglass-ledger witness init --dir D --name NAME

Makes a witness in D, which must be empty or absent: its key (mode 0600) and a state that knows no log. Prints JSON with the
vkey, for the policy of the logs it watches. Run it on another machine and account than those logs. Never put back a
backup of it: a witness that forgets what it signed can be made to sign two histories.

  --dir D      the witness's directory
  --name NAME  1 to 255 bytes, no white space, no +; for good

  breakglass-ledger witness init --dir /var/lib/breakglass-witness --name witness.acme.example/1`,
  flags: { dir: { type: 'string' }, name: { type: 'string' } },
  async run(flags, { now, random, out }) {
    const made = await initWitness({
      dir: resolve(required(flags, 'dir')),
      name: required(flags, 'name'),
      now,
      random,
    })
    out(JSON.stringify(made, null, 2))
    return exit.ok
  },
}

export const witnessAddLogCommand: Command = {
  help: `breakglass-ledger witness add-log --dir D --vkey V

From now on checkpoints signed by this key are cosigned. The key's name is the log's origin; a log may have several keys.
Counts at once for a witness that serves.

  --dir D   the witness's directory
  --vkey V  the log's Ed25519 key, as its init printed it

  breakglass-ledger witness add-log --dir ./witness --vkey ledger.acme.example/breakglass+1f0c2a3b+AbCd…`,
  flags: { dir: { type: 'string' }, vkey: { type: 'string' } },
  async run(flags, { out }) {
    const layout = witnessLayoutOf(resolve(required(flags, 'dir')))
    readCosigner(nodeFiles, layout)
    const heads = openHeads(layout, nodeFiles)
    try {
      out(JSON.stringify(heads.addLog(required(flags, 'vkey'))))
    } finally {
      heads.close()
    }
    return exit.ok
  },
}

export const witnessShowCommand: Command = {
  help: `breakglass-ledger witness show --dir D

Prints JSON: the witness's name and vkey, and of each log its keys, the size and root last cosigned, and when. Changes
nothing; works beside a witness that serves.

  --dir D   the witness's directory

  breakglass-ledger witness show --dir ./witness`,
  flags: { dir: { type: 'string' } },
  async run(flags, { out }) {
    const layout = witnessLayoutOf(resolve(required(flags, 'dir')))
    const { name, vkey } = readCosigner(nodeFiles, layout)
    const heads = openHeads(layout, nodeFiles)
    try {
      const logs = heads.origins().map(origin => {
        const { size = 0, root = new Uint8Array(), timeSeconds = 0 } = heads.headOf(origin) ?? {}
        const cosignedAt = timeSeconds === 0 ? null : new Date(timeSeconds * 1000).toISOString()
        const vkeys = heads.keysOf(origin).map(key => key.vkey)
        return { origin, vkeys, size, root: Buffer.from(root).toString('base64'), cosignedAt }
      })
      out(JSON.stringify({ name, vkey, logs }, null, 2))
    } finally {
      heads.close()
    }
    return exit.ok
  },
}

export const witnessServeCommand: Command = {
  help: `breakglass-ledger witness serve --dir D [--listen HOST:PORT] [--allow-remote]

Serves C2SP tlog-witness over plain HTTP and prints one JSON line when it is ready. One process at a time: it holds the
directory's lock. SIGTERM and SIGINT finish what was taken and end with 0. When started by a launcher with a channel,
it ends when that channel closes. Log lines are JSON on stderr. Exit status 70: signing has stopped (a disk that failed, a
lost lock).

  --dir D             the witness's directory, made by witness init
  --listen HOST:PORT  default 127.0.0.1:0, which picks a free port
  --allow-remote      listen on an address others can reach; put TLS in front

  breakglass-ledger witness serve --dir /var/lib/breakglass-witness --listen 127.0.0.1:8471`,
  flags: { dir: { type: 'string' }, ...serveFlags },
  async run(flags, host) {
    return await serve(resolve(required(flags, 'dir')), addressFrom(flags), host)
  },
}

async function serve(dir: string, address: { host: string; port: number }, host: Host): Promise<number> {
  const { now, out } = host
  const log = logTo(host)
  const end = ending()
  const witness = openWitness({ dir, now, onFatal: end.onFatal })
  const server = await serveWitness(witness, { ...address, now, log }).catch((error: unknown) => {
    witness.close()
    throw error
  })
  const { name, vkey } = witness
  end.heed(host)
  out(JSON.stringify({ ready: true, url: server.url, name, vkey }))
  const why = await end.wait()
  log({ event: 'stopping', why })
  await server.close()
  witness.close()
  log({ event: 'stopped' })
  return exit.ok
}
