import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, type Supervisor, until } from '@ocm/testing';
import type { RawClient } from './raw-client.ts';
import { startRegistration } from './registration-process.ts';

const CLUSTER = '/apis/cluster.open-cluster-management.io/v1/managedclusters';
const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const AGENT_NAMESPACE = 'open-cluster-management-agent';
const NAME = 'newcomer';

/** A real agent that has asked to join and waits for the hub's administrator. The hub is its managed cluster, too. */
export interface Newcomer {
  /** Approves its request and accepts it; resolves with the milliseconds until it is joined and available. */
  admit(): Promise<number>;
}

export async function startNewcomer(
  supervisor: Supervisor,
  { plane, raw, directory }: { readonly plane: ControlPlane; readonly raw: RawClient; readonly directory: string },
): Promise<Newcomer> {
  const files = join(directory, NAME);
  await mkdir(files, { recursive: true });
  const bootstrap = join(files, 'bootstrap-kubeconfig');
  await plane.writeKubeconfig(bootstrap, 'admin');
  await raw.send('POST', '/api/v1/namespaces', { metadata: { name: AGENT_NAMESPACE } });
  const kubeconfig = Buffer.from(await plane.kubeconfig('admin')).toString('base64');
  const secret = { metadata: { name: 'bootstrap-hub-kubeconfig' }, data: { kubeconfig } };
  await raw.send('POST', `/api/v1/namespaces/${AGENT_NAMESPACE}/secrets`, secret);
  await startRegistration(supervisor, {
    name: 'newcomer-agent',
    directory,
    args: [
      'agent',
      `--kubeconfig=${plane.adminKubeconfigPath}`,
      `--namespace=${AGENT_NAMESPACE}`,
      `--spoke-cluster-name=${NAME}`,
      `--bootstrap-kubeconfig=${bootstrap}`,
      `--hub-kubeconfig-dir=${join(files, 'hub-kubeconfig')}`,
    ],
  });
  const request = await until(() => findRequest(raw), { describe: 'the newcomer asks for its certificate' });
  return {
    async admit() {
      const begin = performance.now();
      const conditions = [{ type: 'Approved', status: 'True', reason: 'Bench', message: '' }];
      await raw.send('PUT', `${REQUESTS}/${request.metadata.name}/approval`, { ...request, status: { conditions } });
      await raw.send('PATCH', `${CLUSTER}/${NAME}`, { spec: { hubAcceptsClient: true } });
      while (!(await isAvailable(raw))) await sleep(50);
      return performance.now() - begin;
    },
  };
}

interface Request {
  readonly metadata: { readonly name: string };
}

async function findRequest(raw: RawClient): Promise<Request | undefined> {
  const selector = `open-cluster-management.io%2Fcluster-name%3D${NAME}`;
  const list = JSON.parse(await raw.send('GET', `${REQUESTS}?labelSelector=${selector}`)) as { items: Request[] };
  return list.items[0];
}

async function isAvailable(raw: RawClient): Promise<boolean> {
  const { status } = JSON.parse(await raw.send('GET', `${CLUSTER}/${NAME}`)) as {
    status?: { conditions?: readonly { type: string; status: string }[] };
  };
  return ['ManagedClusterJoined', 'ManagedClusterConditionAvailable'].every((type) =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === 'True'),
  );
}
