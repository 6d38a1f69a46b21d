import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, findCondition, type ManifestConfig } from '@ocm/api';
import { aConfigMap, aDeployment, type AuditEntry, until } from '@ocm/testing';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';

const WORKS = ['one', 'two', 'three'];
const SILENCE_MS = 5000;

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab({ audit: true });
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  // Asks past the proxies, so that the audit log has its name; looks as often as it may.
  const servers = { hub: lab.cp.url, spoke: lab.cp.url };
  await cluster.startAgent({ servers, intervals: { statusSyncMs: 500, collectMs: 100 } });
});
afterAll(() => lab.stop());

const manifestConfigs: readonly ManifestConfig[] = [
  {
    resourceIdentifier: { group: 'apps', resource: 'deployments', name: '*', namespace: '*' },
    feedbackRules: [{ type: 'WellKnownStatus' }],
    conditionRules: [
      { type: 'WellKnownConditions', condition: 'Progressing' },
      { type: 'CEL', condition: 'Seen', celExpressions: ['has(object.status)'] },
    ],
    updateStrategy: { type: 'ServerSideApply' },
  },
  {
    resourceIdentifier: { resource: 'configmaps', name: '*-theirs', namespace: '*' },
    feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'key', path: '.data.key' }] }],
    updateStrategy: { type: 'ReadOnly' },
  },
];

const isAgents = ({ userAgent }: AuditEntry): boolean => userAgent === 'work-agent';
const agentRequests = async (): Promise<readonly AuditEntry[]> => (await lab.cp.readAudit()).filter(isAgents);

test('a settled agent with feedback and conditions sends nothing, and reports a change within two seconds', async () => {
  await lab.admin.kind(ConfigMap).create(aConfigMap({ name: 'one-theirs', namespace }), lab);
  for (const name of WORKS) {
    // One of the objects that are only read does exist, the others do not.
    const manifests = [
      aDeployment({ name, namespace }),
      aConfigMap({ name, namespace }),
      aConfigMap({ name: `${name}-theirs`, namespace }),
    ];
    await cluster.create({ name, manifests, manifestConfigs });
    await cluster.untilCondition(name, 'Progressing', 'True');
  }
  const settled = await untilSilent();
  const startMs = Date.now();
  const status = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 };
  const options = { ...lab, subresource: 'status' };
  await lab.admin.kind(Deployment).mergePatch({ namespace, name: 'two' }, { status }, options);
  await cluster.untilCondition('two', 'Progressing', 'False');
  expect(Date.now() - startMs).toBeLessThan(2000);
  const entry = entryOf(await cluster.work('two'), 0);
  expect(entry?.statusFeedback?.values?.map(({ name }) => name)).toEqual([
    'ReadyReplicas',
    'Replicas',
    'AvailableReplicas',
  ]);
  expect(findCondition(entry?.conditions, 'Seen')?.status).toBe('True');
  // One look at the object, one word to the hub.
  const news = (await agentRequests()).slice(settled);
  expect(news.map(({ verb, object }) => `${verb} ${object?.resource}`)).toEqual([
    'get deployments',
    'patch manifestworks',
  ]);
});

/** Waits until nothing has been asked for some seconds, leases and bookmarks aside. Returns the number of requests so far. */
async function untilSilent(): Promise<number> {
  let { count, sinceMs } = { count: -1, sinceMs: 0 };
  await until(
    async () => {
      const requests = await agentRequests();
      if (requests.length !== count) {
        const last = requests.slice(Math.max(0, count)).map(({ verb, object }) => `${verb} ${object?.resource}`);
        ({ count, sinceMs } = { count: requests.length, sinceMs: Date.now() });
        throw new Error(`it asked: ${last.slice(-9).join(', ')}`);
      }
      return Date.now() - sinceMs >= SILENCE_MS;
    },
    { describe: `${SILENCE_MS} ms without a request`, deadlineMs: 30_000 },
  );
  return count;
}
