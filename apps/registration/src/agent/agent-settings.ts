import { ConfigError } from '@ocm/service';
import type { AgentSettings } from './agent-flags.ts';

/**
 * The path of the bootstrap kubeconfig, when the settings fit together.
 *
 * @throws ConfigError that names every flag that is missing or cannot be used
 */
export function requireBootstrapKubeconfig({ bootstrapKubeconfig, gates }: AgentSettings): string {
  const problems = [
    ...(gates.MultipleHubs ? ['--feature-gates: MultipleHubs is not available yet; it must be false'] : []),
    ...(bootstrapKubeconfig === undefined ? ['bootstrap-kubeconfig is required: give --bootstrap-kubeconfig'] : []),
  ];
  if (bootstrapKubeconfig === undefined || problems.length > 0) throw new ConfigError(problems);
  return bootstrapKubeconfig;
}
