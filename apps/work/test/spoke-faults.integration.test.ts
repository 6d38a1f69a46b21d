import { afterEach, afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap, CustomResourceDefinition, type Kind, Namespace, ValidatingWebhookConfiguration } from '@ocm/api';
import { aConfigMap, aCustomResourceDefinition, aNamespace, until } from '@ocm/testing';
import { type Cluster, entryOf, type Lab, startLab } from './lab.ts';

// What a managed cluster does to an agent, and what the agent makes of it without anybody's help.

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent();
});
afterEach(() => lab.spokeProxy.clearFaults());
afterAll(() => lab.stop());

const messageOf = async (work: string, ordinal = 0): Promise<string> => {
  const conditions = entryOf(await cluster.work(work), ordinal)?.conditions ?? [];
  return conditions.find(({ type }) => type === 'Applied')?.message ?? '';
};
const isThere = async (name: string): Promise<boolean> => (await cluster.object(ConfigMap, name)) !== undefined;

test('a slow API server delays works and loses none', async () => {
  lab.spokeProxy.inject({ fault: { kind: 'latency', ms: 300 }, when: { resource: 'configmaps' } });
  const names = Array.from({ length: 5 }, (_, index) => `slow-${index}`);
  await Promise.all(names.map((name) => cluster.create({ name, manifests: [aConfigMap({ name, namespace })] })));
  await Promise.all(names.map((name) => cluster.untilCondition(name, 'Applied', 'True')));
  expect(await Promise.all(names.map(isThere))).toEqual(names.map(() => true));
});

test('an API server that asks for patience gets it, and the works arrive', async () => {
  const fault = { kind: 'status', code: 429, retryAfterSeconds: 1 } as const;
  const throttled = lab.spokeProxy.inject({ fault, when: { resource: 'configmaps', verb: 'create' }, times: 5 });
  const names = Array.from({ length: 5 }, (_, index) => `patient-${index}`);
  await Promise.all(names.map((name) => cluster.create({ name, manifests: [aConfigMap({ name, namespace })] })));
  await Promise.all(names.map((name) => cluster.untilCondition(name, 'Applied', 'True')));
  expect(throttled.hits).toBe(5);
});

test('a kind that comes late is applied when it is there', async () => {
  const Late: Kind = { group: 'late.example.com', version: 'v1', kind: 'Late', plural: 'lates', namespaced: true };
  const late = { apiVersion: 'late.example.com/v1', kind: 'Late', metadata: { name: 'late', namespace } };
  await cluster.create({ name: 'late', manifests: [late, aConfigMap({ name: 'beside-late', namespace })] });
  await cluster.untilCondition('late', 'Applied', 'False');
  expect(await messageOf('late')).toContain('the server doesn\'t have a resource type "Late"');
  expect(await isThere('beside-late')).toBe(true);
  const definition = aCustomResourceDefinition({ group: Late.group, kind: Late.kind, plural: Late.plural });
  await lab.admin.kind(CustomResourceDefinition).create(definition, lab);
  await cluster.untilCondition('late', 'Applied', 'True');
  expect(await cluster.object(Late, 'late')).toBeDefined();
});

test('a kind that goes takes its objects, and nothing else; when it is back, so are they', async () => {
  const Passing: Kind = {
    group: 'passing.example.com',
    version: 'v1',
    kind: 'Passing',
    plural: 'passings',
    namespaced: true,
  };
  const definition = aCustomResourceDefinition({ group: Passing.group, kind: Passing.kind, plural: Passing.plural });
  const definitions = lab.admin.kind(CustomResourceDefinition);
  await definitions.create(definition, lab);
  const passing = { apiVersion: 'passing.example.com/v1', kind: 'Passing', metadata: { name: 'p', namespace } };
  await cluster.create({ name: 'passing', manifests: [passing, aConfigMap({ name: 'beside-passing', namespace })] });
  await cluster.untilCondition('passing', 'Applied', 'True');
  const uid = (await cluster.object(ConfigMap, 'beside-passing'))?.metadata.uid;

  await definitions.delete(definition.metadata.name, lab);
  await until(async () => (await definitions.find(definition.metadata.name, lab)) === undefined, {
    describe: 'the kind is gone',
  });
  await cluster.update('passing', {
    manifests: [passing, aConfigMap({ name: 'beside-passing', namespace, data: { key: 'new' } })],
  });
  await cluster.untilCondition('passing', 'Applied', 'False');
  expect(await cluster.object(ConfigMap, 'beside-passing')).toMatchObject({ metadata: { uid }, data: { key: 'new' } });

  await definitions.create(definition, lab);
  await cluster.untilCondition('passing', 'Applied', 'True');
  expect(await cluster.object(Passing, 'p')).toBeDefined();
});

test('a namespace that terminates holds its objects up, no others, and only until it is back', async () => {
  const namespaces = lab.admin.kind(Namespace);
  await namespaces.create(aNamespace({ name: 'ending' }), lab);
  await namespaces.delete('ending', lab);
  const manifests = [
    aConfigMap({ name: 'in-ending', namespace: 'ending' }),
    aConfigMap({ name: 'beside-ending', namespace }),
  ];
  await cluster.create({ name: 'ending', manifests });
  await cluster.untilCondition('ending', 'Applied', 'False');
  expect(await messageOf('ending')).toContain('because it is being terminated');
  expect(await isThere('beside-ending')).toBe(true);

  const path = '/api/v1/namespaces/ending/finalize';
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ending' }, spec: { finalizers: [] } };
  expect(await lab.admin.request({ method: 'PUT', path, body, signal: lab.signal })).toMatchObject({ status: 200 });
  await until(async () => (await namespaces.find('ending', lab)) === undefined, { describe: 'the namespace is gone' });
  await namespaces.create(aNamespace({ name: 'ending' }), lab);
  await cluster.untilCondition('ending', 'Applied', 'True');
});

test('a webhook that refuses is named, and holds up what it guards only', async () => {
  const name = 'guard.example.com';
  const configuration = {
    metadata: { name },
    webhooks: [
      {
        name,
        clientConfig: { url: 'https://127.0.0.1:1/refuses' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
        objectSelector: { matchLabels: { guarded: 'yes' } },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 1,
        admissionReviewVersions: ['v1'],
      },
    ],
  } as const;
  const webhooks = lab.admin.kind(ValidatingWebhookConfiguration);
  await webhooks.create(configuration, lab);
  const guarded = aConfigMap({ name: 'guarded', namespace, labels: { guarded: 'yes' } });
  // The API server reads the configuration a moment after it is made.
  await until(
    async () => {
      const probe = aConfigMap({ name: 'probe', namespace, labels: { guarded: 'yes' } });
      return lab.admin
        .kind(ConfigMap)
        .create(probe, { ...lab, dryRun: true })
        .then(
          () => false,
          () => true,
        );
    },
    { describe: 'the webhook is in force' },
  );
  await cluster.create({ name: 'guarded', manifests: [guarded, aConfigMap({ name: 'unguarded', namespace })] });
  await cluster.untilCondition('guarded', 'Applied', 'False');
  expect(await messageOf('guarded')).toContain('failed calling webhook "guard.example.com"');
  expect(await isThere('unguarded')).toBe(true);
  await webhooks.delete(name, lab);
  await cluster.untilCondition('guarded', 'Applied', 'True');
});
