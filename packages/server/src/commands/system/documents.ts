import { BreakglassError } from '@breakglass/core/errors'
import { renderRunbook } from '@breakglass/core/runbook'
import type { Edge } from '../../edge/edge.ts'
import { type BundleInForce, bundleInForce } from '../../facts/bundle.ts'
import { requireProgram } from '../../facts/program.ts'
import { currentTrustText } from '../../trust/publish-trust.ts'

/** The newest trust.json, byte for byte as it was logged. Throws `not_found` before founding. */
export const getTrust = (edge: Edge): Promise<string> => edge.store.read(currentTrustText)

/** The runbook of the program in force, all of it or one gate's. Throws `no_program`, `not_found`. */
export const getRunbook = (edge: Edge, gate?: string): Promise<string> =>
  edge.store.read(async rx => {
    const { published } = await requireProgram(rx)
    return renderRunbook(published, { url: edge.url, ...(gate !== undefined && { gate }) })
  })

/** The program in force as enforcement points cache it. Throws `no_program`. */
export const getBundle = (edge: Edge): Promise<BundleInForce> =>
  edge.store.read(async rx => {
    const bundle = await bundleInForce(rx)
    if (bundle) return bundle
    throw new BreakglassError('no_program', 'No program is in force yet, so there is no bundle to cache.')
  })
