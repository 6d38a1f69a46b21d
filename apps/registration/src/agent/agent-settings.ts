import { ConfigError } from '@ocm/service';
import type { AgentSettings } from './agent-flags.ts';

/** The bootstrap kubeconfigs that an agent has: that of its hub, or those of the hubs from which it chooses (registration 17). */
export type BootstrapKubeconfigs =
  { readonly kind: 'one'; readonly path: string } | { readonly kind: 'several'; readonly paths: readonly string[] };

const FEWEST_HUBS = 2;

/**
 * Where the bootstrap kubeconfigs are, when the settings fit together.
 *
 * @throws ConfigError that names the flag that is missing or says too little
 */
export function bootstrapKubeconfigs(settings: AgentSettings): BootstrapKubeconfigs {
  const { bootstrapKubeconfig: path, bootstrapKubeconfigs: paths, gates } = settings;
  if (gates.MultipleHubs) {
    if (paths.length >= FEWEST_HUBS) return { kind: 'several', paths };
    const given = `--bootstrap-kubeconfigs is given ${paths.length} times`;
    throw new ConfigError([
      `expect at least ${FEWEST_HUBS} bootstrap kubeconfigs with the gate MultipleHubs: ${given}`,
    ]);
  }
  if (path === undefined) throw new ConfigError(['bootstrap-kubeconfig is required: give --bootstrap-kubeconfig']);
  return { kind: 'one', path };
}
