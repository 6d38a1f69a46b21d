import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { noDefaultConfigName } from '../contract/add-on-names.ts';
import type { ClusterManagementAddOn } from '../generated/cluster-management-add-on.ts';
import { clusterManagementAddOnToV1alpha1, clusterManagementAddOnToV1beta1 } from './cluster-management-add-on.ts';

const metadata = { name: 'proxy', labels: { a: 'b' } };

test.each([
  {
    case: 'defaults with and without namespace',
    v1alpha1: {
      supportedConfigs: [
        { group: 'g', resource: 'r', defaultConfig: { namespace: 'n', name: 'x' } },
        { resource: 's', defaultConfig: { name: 'y' } },
      ],
    },
    v1beta1: {
      defaultConfigs: [
        { group: 'g', resource: 'r', namespace: 'n', name: 'x' },
        { resource: 's', name: 'y' },
      ],
    },
  },
  {
    case: 'no default',
    v1alpha1: { supportedConfigs: [{ group: 'g', resource: 'r' }] },
    v1beta1: { defaultConfigs: [{ group: 'g', resource: 'r', name: noDefaultConfigName }] },
  },
  {
    case: 'what both versions have',
    v1alpha1: { addOnMeta: { displayName: 'Proxy' }, installStrategy: { type: 'Manual' } },
    v1beta1: { addOnMeta: { displayName: 'Proxy' }, installStrategy: { type: 'Manual' } },
  },
  { case: 'an empty list', v1alpha1: { supportedConfigs: [] }, v1beta1: { defaultConfigs: [] } },
] as const)('spec with $case: both versions show the same', ({ v1alpha1, v1beta1 }) => {
  expect(clusterManagementAddOnToV1beta1({ metadata, spec: v1alpha1 })).toEqual({ metadata, spec: v1beta1 });
  expect(clusterManagementAddOnToV1alpha1({ metadata, spec: v1beta1 })).toEqual({ metadata, spec: v1alpha1 });
});

test('an empty name of a default means none', () => {
  const spec = { defaultConfigs: [{ resource: 'r', namespace: 'n', name: '' }] };
  expect(clusterManagementAddOnToV1alpha1({ metadata, spec }).spec).toEqual({ supportedConfigs: [{ resource: 'r' }] });
});

test('the deprecated reference is lost', () => {
  const spec = { addOnConfiguration: { crdName: 'x' } };
  expect(clusterManagementAddOnToV1beta1({ metadata, spec }).spec).toEqual({});
});

test('the default references of the status are renamed, the rest is copied', () => {
  const references = [{ resource: 'r', desiredConfig: { name: 'x', specHash: 'h' } }];
  const installProgressions = [{ namespace: 'n', name: 'p', conditions: [] }];
  const older = { metadata, spec: {}, status: { defaultconfigReferences: references, installProgressions } };
  const newer = { metadata, spec: {}, status: { defaultConfigReferences: references, installProgressions } };
  expect(clusterManagementAddOnToV1beta1(older)).toEqual(newer);
  expect(clusterManagementAddOnToV1alpha1(newer)).toEqual(older);
});

const text = fc.string({ minLength: 1, maxLength: 8 });
const anyNewer = fc.record(
  {
    metadata: fc.record({ name: text }),
    spec: fc.record(
      {
        defaultConfigs: fc.array(
          fc.oneof(
            fc.record({ group: text, resource: text, namespace: text, name: text }),
            fc.record({ resource: text, name: fc.constant(noDefaultConfigName) }),
          ),
        ),
        installStrategy: fc.record({ type: fc.constant('Manual') }),
      },
      { requiredKeys: [] },
    ),
    status: fc.record({ defaultConfigReferences: fc.array(fc.record({ resource: text })) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['metadata', 'spec'] },
) as fc.Arbitrary<ClusterManagementAddOn>;

test('v1beta1 survives the way through v1alpha1, and v1alpha1 the way back', () => {
  fc.assert(
    fc.property(anyNewer, (addOn) => {
      const older = clusterManagementAddOnToV1alpha1(addOn);
      expect(clusterManagementAddOnToV1beta1(older)).toEqual(addOn);
      expect(clusterManagementAddOnToV1alpha1(clusterManagementAddOnToV1beta1(older))).toEqual(older);
    }),
  );
});
