import { dirname, isAbsolute, join } from 'node:path';
import { currentContext, parseKubeconfig } from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import { stringify } from 'yaml';

/** The hub as a kubeconfig describes it: what the hub credential must agree on with the bootstrap kubeconfig (registration 5.4). */
export interface HubAddress {
  /** Name of the cluster entry. */
  readonly entry: string;
  readonly server: string;
  readonly proxyUrl: string | undefined;
  readonly caFile: string | undefined;
  /** Base64, as in the file. */
  readonly caData: string | undefined;
}

/** A kubeconfig file that has been read. */
export interface KubeconfigText {
  readonly text: string;
  /** Where it is; relative names in it are meant from there. */
  readonly path: string;
  /** What it is for, for errors: `bootstrap kubeconfig`. */
  readonly what: string;
}

/**
 * The hub that the current context of a kubeconfig names.
 *
 * @throws ConfigError when the text is no kubeconfig or has no usable current context
 */
export function hubAddressOf({ text, path, what }: KubeconfigText): HubAddress {
  const { clusterName, cluster } = contextOf({ text, path, what });
  const { certificateAuthority: caFile } = cluster;
  return {
    entry: clusterName,
    server: cluster.server,
    proxyUrl: cluster.proxyUrl,
    // The hub kubeconfig is kept in another directory.
    caFile: caFile === undefined || isAbsolute(caFile) ? caFile : join(dirname(path), caFile),
    caData: cluster.certificateAuthorityData,
  };
}

/**
 * The kubeconfig that is kept in the hub credential secret (registration 6.1). Keys are sorted and lists not indented, as the Go
 * tools write it, so that a secret of theirs and one of ours do not differ.
 */
export function buildHubKubeconfig(hub: HubAddress, user: Readonly<Record<string, unknown>>): string {
  const cluster = {
    'certificate-authority': hub.caFile,
    'certificate-authority-data': hub.caData,
    'proxy-url': hub.proxyUrl,
    server: hub.server,
  };
  const content = {
    apiVersion: 'v1',
    clusters: [{ cluster, name: hub.entry }],
    contexts: [
      { context: { cluster: hub.entry, namespace: 'configuration', user: 'default-auth' }, name: 'default-context' },
    ],
    'current-context': 'default-context',
    kind: 'Config',
    users: [{ name: 'default-auth', user }],
  };
  // Readers of YAML 1.1 take a bare on, yes or 1_000 for something else than text.
  return stringify(content, { indentSeq: false, lineWidth: 0, keepUndefined: false, compat: 'yaml-1.1' });
}

const FIELDS = {
  server: 'server',
  proxyUrl: 'proxy URL',
  caFile: 'CA file',
  caData: 'CA data',
  entry: 'name of the cluster entry',
} as const satisfies Record<keyof HubAddress, string>;

/** What two kubeconfigs that speak of different hubs differ in; empty when they speak of the same. */
export function addressDifferences(bootstrap: HubAddress, hub: HubAddress): readonly string[] {
  return (Object.keys(FIELDS) as (keyof HubAddress)[])
    .filter((field) => bootstrap[field] !== hub[field])
    .map((field) => FIELDS[field]);
}

function contextOf({ text, path, what }: KubeconfigText): ReturnType<typeof currentContext> {
  try {
    return currentContext(parseKubeconfig(text));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`the ${what} ${path} cannot be used: ${problem}`]);
  }
}
