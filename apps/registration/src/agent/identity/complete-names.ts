import { clusterUser, dnsLabelProblem } from '@ocm/api';
import { ConfigError } from '@ocm/service';

/** Who this agent is to the hub. */
export interface AgentNames {
  readonly cluster: string;
  readonly agent: string;
}

/** Where the names come from, in this order: what the flags give, what the hub kubeconfig directory holds, chance (registration 5.2). */
export interface NameSources {
  readonly given: { readonly clusterName: string | undefined; readonly agentId: string | undefined };
  readonly stored: { readonly clusterName: string | undefined; readonly agentName: string | undefined };
  /** A new UUID. */
  readonly uuid: () => string;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

// Without vowels no words come up, and without 0, 1 and 3 nobody misreads them (registration 5.2).
const AGENT_NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const AGENT_NAME_LENGTH = 5;

/**
 * The names that this agent goes by.
 *
 * @throws ConfigError when the cluster's name cannot be the name of a namespace (registration 4)
 */
export function completeNames({ given, stored, uuid, random }: NameSources): AgentNames {
  const cluster = given.clusterName ?? stored.clusterName ?? uuid();
  const problem = cluster === '' ? 'cluster name is empty' : formatProblem(cluster);
  if (problem !== undefined) {
    const source = given.clusterName === undefined ? 'file cluster-name of the hub kubeconfig' : '--spoke-cluster-name';
    throw new ConfigError([`${problem} (from ${source})`]);
  }
  return { cluster, agent: given.agentId ?? stored.agentName ?? randomAgentName(random) };
}

/** User name of the agent on the hub, and common name of its certificate. */
export const userOf = ({ cluster, agent }: AgentNames): string => clusterUser({ cluster, agent });

function formatProblem(cluster: string): string | undefined {
  const problem = dnsLabelProblem(cluster);
  return problem === undefined ? undefined : `metadata.name format is not correct: ${problem}`;
}

function randomAgentName(random: () => number): string {
  const letters = Array.from({ length: AGENT_NAME_LENGTH }, () =>
    AGENT_NAME_LETTERS.charAt(Math.floor(random() * AGENT_NAME_LETTERS.length)),
  );
  return letters.join('');
}
