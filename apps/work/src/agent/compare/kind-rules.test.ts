import { describe, expect, test } from '@jest/globals';
import { parseExact } from '../../../../../libs/kube/src/exact-json.ts';
import type { AnyObject, JsonObject } from '../manifest/any-object.ts';
import type { Comparison } from './comparison.ts';
import { kindRulesFor } from './kind-rules.ts';

function compare(
  apiVersion: string,
  kind: string,
  { wanted, live }: { wanted: JsonObject; live: JsonObject },
): Comparison {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const object = (fields: JsonObject): AnyObject => {
    const { metadata, ...rest } = fields;
    return { apiVersion, kind, ...rest, metadata: { name: 'a', ...(metadata as JsonObject | undefined) } };
  };
  const manifest = object(wanted);
  const rules = kindRulesFor({ group, version, kind }, manifest);
  const prepared = rules.prepare?.(manifest) ?? manifest;
  // What is live was once prepared too, so that hashes and defaults are there.
  const applied = rules.prepare?.(object(live)) ?? object(live);
  const stored = { ...applied, metadata: { ...applied.metadata, uid: 'u', resourceVersion: '1' } };
  return rules.compare(prepared, stored);
}

const idOf = (digits: string) => parseExact(`{"id": ${digits}}`) as JsonObject;
const text = (value: string) => Buffer.from(value).toString('base64');
const RBAC = 'rbac.authorization.k8s.io/v1';
const ADMISSION = 'admissionregistration.k8s.io/v1';
const TRUSTED = { metadata: { labels: { 'config.openshift.io/inject-trusted-cabundle': 'true' } } };
const SERVING = { metadata: { annotations: { 'service.beta.openshift.io/inject-cabundle': 'true' } } };
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

type Case = [
  kind: string,
  what: string,
  apiVersion: string,
  wanted: JsonObject,
  live: JsonObject,
  verdict: Comparison['kind'],
];

const CASES: readonly Case[] = [
  ['Namespace', 'spec is not enforced', 'v1', {}, { spec: { finalizers: ['kubernetes'] } }, 'same'],
  ['Namespace', 'a label is', 'v1', { metadata: { labels: { a: 'b' } } }, {}, 'replace'],
  ['Pod', 'a changed spec is silently not applied', 'v1', { spec: { a: 1 } }, { spec: { a: 2 } }, 'same'],
  ['ServiceAccount', 'secrets are not enforced', 'v1', {}, { secrets: [{ name: 'x' }] }, 'same'],
  ['ConfigMap', 'equal data', 'v1', { data: { a: '1' } }, { data: { a: '1' } }, 'same'],
  ['ConfigMap', 'other data', 'v1', { data: { a: '1' } }, { data: { a: '2' } }, 'replace'],
  ['ConfigMap', 'an extra live key', 'v1', { data: { a: '1' } }, { data: { a: '1', b: '2' } }, 'replace'],
  ['ConfigMap', 'empty and absent data', 'v1', { data: {} }, {}, 'same'],
  ['ConfigMap', 'other binaryData', 'v1', { binaryData: { a: text('1') } }, {}, 'replace'],
  ['ConfigMap', 'an injected trust bundle', 'v1', TRUSTED, { ...TRUSTED, data: { 'ca-bundle.crt': 'pem' } }, 'same'],
  ['ConfigMap', 'an injected serving bundle', 'v1', SERVING, { ...SERVING, data: { 'service-ca.crt': 'pem' } }, 'same'],
  ['ConfigMap', 'a bundle nobody asked for', 'v1', {}, { data: { 'service-ca.crt': 'pem' } }, 'replace'],
  [
    'ConfigMap',
    'a bundle that the manifest sets',
    'v1',
    { ...TRUSTED, data: { 'ca-bundle.crt': 'mine' } },
    { ...TRUSTED, data: { 'ca-bundle.crt': 'pem' } },
    'replace',
  ],
  ['Secret', 'stringData equal to data', 'v1', { stringData: { a: '1' } }, { data: { a: text('1') } }, 'same'],
  [
    'Secret',
    'base64 with a line break',
    'v1',
    { data: { a: `${text('12345678')}\n` } },
    { data: { a: text('12345678') } },
    'same',
  ],
  ['Secret', 'other data', 'v1', { data: { a: text('1') } }, { data: { a: text('2') } }, 'replace'],
  ['Secret', 'an absent type is Opaque', 'v1', {}, { type: 'Opaque' }, 'same'],
  ['Secret', 'another type', 'v1', { type: 'a/b' }, { type: 'Opaque' }, 'recreate'],
  [
    'Secret',
    'keys added to a token secret',
    'v1',
    { type: 'kubernetes.io/service-account-token' },
    { type: 'kubernetes.io/service-account-token', data: { token: text('t') } },
    'same',
  ],
  [
    'Service',
    'server defaults in the spec',
    'v1',
    { spec: { ports: [{ port: 80 }] } },
    { spec: { ports: [{ port: 80 }] } },
    'same',
  ],
  ['Service', 'other ports', 'v1', { spec: { ports: [{ port: 80 }] } }, { spec: { ports: [{ port: 81 }] } }, 'replace'],
  [
    'Service',
    'another selector',
    'v1',
    { spec: { selector: { a: '1' } } },
    { spec: { selector: { a: '2' } } },
    'replace',
  ],
  ['NetworkPolicy', 'another spec', 'networking.k8s.io/v1', { spec: { a: 1 } }, { spec: { a: 2 } }, 'replace'],
  [
    'PodDisruptionBudget',
    'the status is not looked at',
    'policy/v1',
    { spec: { a: 1 } },
    { spec: { a: 1 }, status: {} },
    'same',
  ],
  ['Role', 'other rules', RBAC, { rules: [{ verbs: ['get'] }] }, { rules: [] }, 'replace'],
  ['ClusterRole', 'other rules', RBAC, { rules: [{ verbs: ['get'] }] }, { rules: [] }, 'replace'],
  [
    'ClusterRole',
    'rules of an aggregated role',
    RBAC,
    { aggregationRule: { a: [1] } },
    { aggregationRule: { a: [1] }, rules: [{ verbs: ['get'] }] },
    'same',
  ],
  [
    'ClusterRole',
    'another aggregation',
    RBAC,
    { aggregationRule: { a: [1] } },
    { aggregationRule: { a: [2] } },
    'replace',
  ],
  [
    'RoleBinding',
    'API groups left out',
    RBAC,
    { roleRef: { name: 'r' }, subjects: [{ kind: 'User' }] },
    {
      roleRef: { name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io' }],
    },
    'same',
  ],
  ['ClusterRoleBinding', 'another role', RBAC, { roleRef: { name: 'r' } }, { roleRef: { name: 's' } }, 'replace'],
  [
    'CustomResourceDefinition',
    'names left to their defaults',
    'apiextensions.k8s.io/v1',
    { spec: { names: { kind: 'Widget' } } },
    {
      spec: { names: { kind: 'Widget', singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
    },
    'same',
  ],
  [
    'CustomResourceDefinition',
    'another spec',
    'apiextensions.k8s.io/v1',
    { spec: { scope: 'Cluster' } },
    { spec: { scope: 'Namespaced' } },
    'replace',
  ],
  [
    'StorageClass',
    'defaults of fixed fields',
    'storage.k8s.io/v1',
    { provisioner: 'p' },
    { provisioner: 'p', parameters: {}, reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
    'same',
  ],
  ['StorageClass', 'another provisioner', 'storage.k8s.io/v1', { provisioner: 'p' }, { provisioner: 'q' }, 'recreate'],
  [
    'StorageClass',
    'expansion',
    'storage.k8s.io/v1',
    { provisioner: 'p', allowVolumeExpansion: true },
    { provisioner: 'p' },
    'replace',
  ],
  [
    'StorageClass',
    'the default mark set on the cluster',
    'storage.k8s.io/v1',
    { provisioner: 'p', metadata: { annotations: { [DEFAULT_CLASS]: 'false' } } },
    { provisioner: 'p', metadata: { annotations: { [DEFAULT_CLASS]: 'true' } } },
    'same',
  ],
  [
    'CSIDriver',
    'the same spec',
    'storage.k8s.io/v1',
    { spec: { podInfoOnMount: true } },
    { spec: { podInfoOnMount: true } },
    'same',
  ],
  ['CSIDriver', 'another spec', 'storage.k8s.io/v1', { spec: { podInfoOnMount: true } }, { spec: {} }, 'recreate'],
  [
    'ValidatingWebhookConfiguration',
    'an injected caBundle',
    ADMISSION,
    { webhooks: [{ name: 'w' }] },
    { webhooks: [{ name: 'w', clientConfig: { caBundle: 'x' } }] },
    'same',
  ],
  [
    'MutatingWebhookConfiguration',
    'a caBundle of the manifest',
    ADMISSION,
    { webhooks: [{ name: 'w', clientConfig: { caBundle: 'y' } }] },
    { webhooks: [{ name: 'w', clientConfig: { caBundle: 'x' } }] },
    'replace',
  ],
  ['ValidatingAdmissionPolicy', 'another spec', ADMISSION, { spec: { a: 1 } }, { spec: { a: 2 } }, 'replace'],
  [
    'ServiceMonitor',
    'labels and spec',
    'monitoring.coreos.com/v1',
    { spec: { a: 1 } },
    { spec: { a: 1 }, status: { x: 1 } },
    'same',
  ],
  [
    'VolumeSnapshotClass',
    'metadata is left alone',
    'snapshot.storage.k8s.io/v1',
    { driver: 'd', metadata: { labels: { a: 'b' } } },
    { driver: 'd' },
    'same',
  ],
  [
    'VolumeSnapshotClass',
    'another policy',
    'snapshot.storage.k8s.io/v1',
    { deletionPolicy: 'Retain' },
    { deletionPolicy: 'Delete' },
    'replace',
  ],
  [
    'Deployment',
    'a field that the server defaulted',
    'apps/v1',
    { spec: { a: 1 } },
    { spec: { a: 1, b: 2 } },
    'replace',
  ],
  [
    'Deployment',
    'only the status differs',
    'apps/v1',
    { spec: { a: 1 } },
    { spec: { a: 1 }, status: { x: 1 } },
    'same',
  ],
  [
    'Deployment',
    'a template with a null creation timestamp and an empty list',
    'apps/v1',
    { spec: { template: { metadata: { labels: { a: 'b' }, creationTimestamp: null }, spec: { volumes: [] } } } },
    { spec: { template: { metadata: { labels: { a: 'b' } }, spec: {} } } },
    'same',
  ],
  [
    'StorageVersionMigration',
    'a top-level field of the live object only',
    'migration.k8s.io/v1alpha1',
    {},
    { spec: {} },
    'replace',
  ],
  [
    'Role',
    'of an unknown version is compared as a whole',
    'rbac.authorization.k8s.io/v9',
    { rules: [] },
    { other: 1 },
    'replace',
  ],
];

describe('comparison by kind', () => {
  test.each(CASES)('%s: %s', (kind, _what, ...[apiVersion, wanted, live, verdict]) => {
    expect(compare(apiVersion, kind, { wanted, live }).kind).toBe(verdict);
  });

  test('what is enforced is written, what is not stays', () => {
    const comparison = compare('v1', 'ConfigMap', {
      wanted: { data: { a: '1' }, metadata: { labels: { mine: '1' } } },
      live: { data: { b: '2' }, binaryData: { c: text('3') }, immutable: false, metadata: { labels: { theirs: '1' } } },
    });
    expect(comparison.kind === 'replace' && comparison.object).toMatchObject({
      data: { a: '1' },
      immutable: false,
      metadata: { uid: 'u', resourceVersion: '1', labels: { mine: '1', theirs: '1' } },
    });
    expect(comparison.kind === 'replace' && 'binaryData' in comparison.object).toBe(false);
  });

  test('a kind without rules is replaced as a whole, except metadata', () => {
    const comparison = compare('example.com/v1', 'Widget', {
      wanted: { spec: { a: 1 } },
      live: { spec: { a: 2, b: 3 }, extra: 1, metadata: { finalizers: ['example.com/hold'] } },
    });
    expect(comparison).toEqual({
      kind: 'replace',
      object: {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        spec: { a: 1 },
        metadata: { name: 'a', uid: 'u', resourceVersion: '1', finalizers: ['example.com/hold'] },
      },
    });
  });

  test('integers beyond 2^53 are told apart', () => {
    const live = { spec: idOf('9007199254740992') };
    expect(compare('example.com/v1', 'Widget', { wanted: { spec: idOf('9007199254740993') }, live }).kind).toBe(
      'replace',
    );
    expect(compare('example.com/v1', 'Widget', { wanted: live, live }).kind).toBe('same');
  });

  test('a Secret that contradicts itself is refused', () => {
    const contradiction = { data: { a: text('1') }, stringData: { a: '2' } };
    expect(() => compare('v1', 'Secret', { wanted: contradiction, live: {} })).toThrow(
      'Secret.stringData[a] conflicts',
    );
  });

  test('content that does not fit the kind is treated as any other', () => {
    const live = { data: { a: '1' } };
    expect(compare('v1', 'ConfigMap', { wanted: { data: { a: 1 } }, live }).kind).toBe('replace');
  });

  test('the hash of a Service is that of the Go type', () => {
    const spec = { selector: { app: 'x' }, ports: [{ targetPort: 8080, port: 80 }] };
    const manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec };
    const prepared = kindRulesFor({ group: '', version: 'v1', kind: 'Service' }, manifest).prepare?.(manifest);
    // sha256 of {"ports":[{"port":80,"targetPort":8080}],"selector":{"app":"x"}}
    expect(prepared?.metadata.annotations).toEqual({
      'operator.openshift.io/spec-hash': '66072db9bfd373a320242585c594f384d8de62aa25ed1643335d54c6b4cd6b58',
    });
  });
});
