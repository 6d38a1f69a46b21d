import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, findCondition, type ManifestConfig } from '@ocm/api';
import { aConfigMap, aDeployment, type AuditEntry } from '@ocm/testing';
import { type Cluster, entryOf, expectPrompt, type Lab, startLab, untilQuiet } from './lab.ts';

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
  const settled = await untilQuiet(async () => (await agentRequests()).length, { quietMs: SILENCE_MS });
  const progressing = ['False', 'True'] as const;
  const changes = await expectPrompt(2000, async (round) => {
    const ready = round % 2;
    const status = {
      replicas: 1,
      updatedReplicas: ready,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 1,
    };
    const options = { ...lab, subresource: 'status' };
    await lab.admin.kind(Deployment).mergePatch({ namespace, name: 'two' }, { status }, options);
    await cluster.untilCondition('two', 'Progressing', progressing[1 - ready] ?? 'True');
  });
  const entry = entryOf(await cluster.work('two'), 0);
  expect(entry?.statusFeedback?.values?.map(({ name }) => name)).toEqual([
    'ReadyReplicas',
    'Replicas',
    'AvailableReplicas',
  ]);
  expect(findCondition(entry?.conditions, 'Seen')?.status).toBe('True');
  await untilQuiet(async () => (await agentRequests()).length);
  // One look at the object, one word to the hub.
  const news = (await agentRequests()).slice(settled);
  expect(news.map(({ verb, object }) => `${verb} ${object?.resource}`)).toEqual(
    Array.from({ length: changes }, () => ['get deployments', 'patch manifestworks']).flat(),
  );
});
