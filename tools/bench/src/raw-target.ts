import { parse } from 'yaml';
import type { RawTarget } from './raw-client.ts';

interface InlineKubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

/** The raw client's view of a kubeconfig that has one cluster and one user, everything inline. */
export function rawTarget(kubeconfig: string): RawTarget {
  const { clusters, users } = parse(kubeconfig) as InlineKubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error('the kubeconfig has no cluster or no user');
  return {
    url: cluster.server,
    ca: plain(cluster['certificate-authority-data']),
    cert: plain(user['client-certificate-data']),
    key: plain(user['client-key-data']),
  };
}

function plain(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
