import type { HealthCheck } from '@ocm/service';
import type { CredentialVerdict } from './registration-driver.ts';

/** The health check of the agent (registration 5.6): it fails when the agent has to register anew, and the pod is restarted for that. */
export interface AgentHealth {
  readonly check: HealthCheck;
  /** From now on the hub credential has to be good. */
  watch(judge: () => Promise<CredentialVerdict>): void;
}

/** Good until the agent has bootstrapped: until then it waits for people, and a restart would not help. */
export function createAgentHealth(): AgentHealth {
  let judge: (() => Promise<CredentialVerdict>) | undefined;
  return {
    check: {
      name: 'hub-kube-config',
      async check() {
        const verdict = await judge?.();
        return verdict?.kind === 'invalid' ? 'the client certificate expires and rebootstrap is required.' : undefined;
      },
    },
    watch(next) {
      judge = next;
    },
  };
}
