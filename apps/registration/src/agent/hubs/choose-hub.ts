/** Whether an agent may register with a hub, and if not, why. */
export type HubVerdict = { readonly kind: 'usable' } | { readonly kind: 'unusable'; readonly reason: string };

/** A hub from which the agent may choose. */
export interface HubCandidate {
  /** Of its bootstrap kubeconfig. */
  readonly path: string;
  /** `undefined` when the kubeconfig cannot be read. */
  readonly server: string | undefined;
}

/**
 * In which order hubs are tried (registration 17): first the one that the agent is registered with, then the others as they were given.
 *
 * @param present address of the hub of the stored hub kubeconfig
 */
export function orderOfTrial(
  candidates: readonly HubCandidate[],
  present: string | undefined,
): readonly HubCandidate[] {
  const kept = candidates.find(({ server }) => server !== undefined && server === present);
  return kept === undefined ? candidates : [kept, ...candidates.filter((candidate) => candidate !== kept)];
}

/**
 * The first usable hub in this order.
 *
 * @throws Error that says of each hub why it cannot be used
 */
export async function chooseHub(
  order: readonly HubCandidate[],
  examine: (candidate: HubCandidate) => Promise<HubVerdict>,
): Promise<HubCandidate> {
  const problems: string[] = [];
  for (const candidate of order) {
    const verdict = await examine(candidate);
    if (verdict.kind === 'usable') return candidate;
    problems.push(`${candidate.path}: ${verdict.reason}`);
  }
  throw new Error(`none of the hubs can be used now: ${problems.join('; ')}`);
}
