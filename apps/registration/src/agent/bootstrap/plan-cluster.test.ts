import { describe, expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { type ClusterTemplate, ignoredAnnotations, planCluster } from './plan-cluster.ts';

const NEW = { hubAcceptsClient: false };
const A = 'agent.open-cluster-management.io/a';
const URL_1 = 'https://one.example:6443';
const URL_2 = 'https://two.example:6443';

function template(over: Partial<ClusterTemplate> = {}): ClusterTemplate {
  return {
    name: 'c1',
    annotations: {},
    externalServerUrls: [],
    caBundle: undefined,
    decorate: (cluster) => cluster,
    ...over,
  };
}

function live(spec: ManagedCluster['spec'] = {}): ManagedCluster {
  return { metadata: { name: 'c1', resourceVersion: '5', annotations: { mine: 'x' } }, spec: { ...spec } };
}

describe('planCluster', () => {
  test('[registration 1] an absent cluster is created by name', () => {
    expect(planCluster(undefined, template())).toEqual({
      kind: 'create',
      cluster: { metadata: { name: 'c1' }, spec: NEW },
    });
  });

  test('[registration 6] of the annotations only those for agents are set', () => {
    const annotations = { [A]: '1', b: '2' };
    expect(planCluster(undefined, template({ annotations }))).toEqual({
      kind: 'create',
      cluster: { metadata: { name: 'c1', annotations: { [A]: '1' } }, spec: NEW },
    });
    expect(ignoredAnnotations(annotations)).toEqual(['b']);
  });

  test('[registration 6] annotations of a cluster that is there are not changed', () => {
    expect(planCluster(live(), template({ annotations: { [A]: 'changed' } }))).toEqual({ kind: 'keep' });
  });

  test('[registration 7] each external server URL becomes a client config with the CA', () => {
    const plan = planCluster(undefined, template({ externalServerUrls: [URL_1, URL_2], caBundle: 'Q0E=' }));
    const managedClusterClientConfigs = [
      { url: URL_1, caBundle: 'Q0E=' },
      { url: URL_2, caBundle: 'Q0E=' },
    ];
    expect(plan).toEqual({
      kind: 'create',
      cluster: { metadata: { name: 'c1' }, spec: { ...NEW, managedClusterClientConfigs } },
    });
  });

  test('[registration 7] missing URLs are appended, present ones keep what they have, annotations ride along', () => {
    const spec = { leaseDurationSeconds: 9, managedClusterClientConfigs: [{ url: URL_1, caBundle: 'b2xk' }] };
    const given = template({ externalServerUrls: [URL_2, URL_1], caBundle: 'bmV3', annotations: { [A]: '1' } });
    expect(planCluster(live(spec), given)).toEqual({
      kind: 'replace',
      cluster: {
        metadata: { name: 'c1', resourceVersion: '5', annotations: { mine: 'x', [A]: '1' } },
        spec: {
          leaseDurationSeconds: 9,
          managedClusterClientConfigs: [
            { url: URL_1, caBundle: 'b2xk' },
            { url: URL_2, caBundle: 'bmV3' },
          ],
        },
      },
    });
  });

  test('a cluster that has all URLs, and others, is kept', () => {
    const spec = { managedClusterClientConfigs: [{ url: URL_2 }, { url: URL_1 }] };
    expect(planCluster(live(spec), template({ externalServerUrls: [URL_1] }))).toEqual({ kind: 'keep' });
  });

  test('the driver has a say in what is created', () => {
    expect(planCluster(undefined, template({ decorate: withArn, annotations: { [A]: '1' } }))).toEqual({
      kind: 'create',
      cluster: { metadata: { name: 'c1', annotations: { [A]: '1', arn: 'x' } }, spec: NEW },
    });
  });
});

const withArn: ClusterTemplate['decorate'] = (cluster) => ({
  ...cluster,
  metadata: { ...cluster.metadata, annotations: { ...cluster.metadata.annotations, arn: 'x' } },
});
