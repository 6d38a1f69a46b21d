import { expect, test } from '@jest/globals';
import { KubeError, type KubeErrorCode } from '@ocm/kube';
import { parseManifest, resolveManifest, type ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { explainFailure, type FailureCase } from './explain-failure.ts';

function resolved(apiVersion: string, kind: string, plural: string): ResolvedManifest {
  const parsed = parseManifest({ apiVersion, kind, metadata: { name: 'x', namespace: 'n' } }, 0);
  if (parsed.kind !== 'parsed') throw parsed.error;
  const { group, version } = parsed.gvk;
  const resource = { group, version, kind, plural, namespaced: true };
  const manifest = resolveManifest(parsed, { kind: 'served', resource });
  if (manifest.kind !== 'resolved') throw manifest.error;
  return manifest;
}

const secret: FailureCase = { manifest: resolved('v1', 'Secret', 'secrets'), strategy: 'Update', otherWorks: [] };
const job: FailureCase = { ...secret, manifest: resolved('batch/v1', 'Job', 'jobs') };
const service: FailureCase = { ...secret, manifest: resolved('v1', 'Service', 'services') };
const explained = (code: KubeErrorCode, message: string, failure: FailureCase): string =>
  explainFailure(new KubeError(message, { code }), failure).message;

test.each<[string, { code: KubeErrorCode; message: string; failure: FailureCase; remedy: string }]>([
  [
    'a missing right',
    {
      code: 'forbidden',
      message: 'secrets is forbidden: User "a" cannot create resource "secrets" in API group "" in the namespace "n"',
      failure: secret,
      remedy:
        ': the work agent may not create it; add a ClusterRole with the label open-cluster-management.io/aggregate-to-work: "true" and the rule {apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "update", "patch", "delete"]} to the managed cluster',
    },
  ],
  [
    'rights that the agent has not',
    {
      code: 'forbidden',
      message: 'user "a" (groups=[]) is attempting to grant RBAC permissions not currently held: {}',
      failure: secret,
      remedy:
        ': the work agent may only grant what it has itself; give it those rights, or the verbs escalate and bind',
    },
  ],
  [
    'the template of a Job',
    {
      code: 'invalid',
      message: 'Job.batch "x" is invalid: spec.template: Invalid value: {}: field is immutable',
      failure: job,
      remedy:
        ': the field cannot be changed once the object exists; take the change back, or delete the object so that it is made anew; or, because the API server has added a selector and labels to the Job that the manifest does not have, use the update strategy ServerSideApply or CreateOnly',
    },
  ],
  [
    'the address of a Service, by server-side apply',
    {
      code: 'invalid',
      message: 'Service "x" is invalid: spec.clusterIP: Invalid value: "10.0.0.9": may not change once set',
      failure: { ...service, strategy: 'ServerSideApply' },
      remedy:
        ': the field cannot be changed once the object exists; take the change back, or delete the object so that it is made anew',
    },
  ],
  [
    'a field manager that is another work',
    {
      code: 'conflict',
      message: 'Apply failed with 1 conflict: conflict with "work-agent-x": .data.a',
      failure: { ...secret, otherWorks: ['other'] },
      remedy:
        ': the object is also listed by the work "other"; leave the field out of the manifest, or take it over with serverSideApply.force',
    },
  ],
  [
    'a namespace that is missing',
    {
      code: 'not-found',
      message: 'namespaces "n" not found',
      failure: secret,
      remedy: ': list the namespace in this work, or create it on the managed cluster',
    },
  ],
])('%s comes with a remedy', (_title, { code, message, failure, remedy }) => {
  expect(explained(code, message, failure)).toBe(`${message}${remedy}`);
});

test.each<[KubeErrorCode, string]>([
  ['forbidden', 'pods "x" is forbidden: exceeded quota: q'],
  ['invalid', 'ConfigMap "x" is invalid: data[k y]: Invalid value'],
  ['conflict', 'the object has been modified'],
  ['unavailable', 'no answer'],
])('%s: %s speaks for itself', (code, message) => {
  expect(explained(code, message, secret)).toBe(message);
});
