import type { PolicyWitness, TrustPolicy } from '@breakglass/verify'

/** The same logs, and this witness alone: what a single witness's word is judged by. */
export function policyOfOne({ logs }: TrustPolicy, witness: PolicyWitness): TrustPolicy {
  return { logs, witnesses: [witness], groups: [], quorum: witness.name }
}
