import { expect, test } from '@jest/globals';
import { baseValues, DEFAULT_VALUES, overlayValues } from './klusterlet-values.ts';

test('an import begins with one replica, its own namespace and the name of the cluster', () => {
  expect(baseValues('c1')).toMatchObject({
    replicaCount: 1,
    createNamespace: true,
    klusterlet: { create: true, clusterName: 'c1', resourceRequirement: { type: 'Default' } },
  });
});

test('maps are merged, everything else is replaced, null leaves what is there', () => {
  const values = overlayValues(DEFAULT_VALUES, {
    replicaCount: 3,
    images: { tag: 'v1', overrides: null },
    klusterlet: { namespace: 'open-cluster-management-x', registrationConfiguration: { kubeAPIQPS: 10 } },
    tolerations: [{ operator: 'Exists' }],
  });
  expect(values).toEqual({
    ...DEFAULT_VALUES,
    replicaCount: 3,
    images: { ...DEFAULT_VALUES.images, tag: 'v1' },
    klusterlet: {
      ...DEFAULT_VALUES.klusterlet,
      namespace: 'open-cluster-management-x',
      registrationConfiguration: { kubeAPIQPS: 10 },
    },
    tolerations: [{ operator: 'Exists' }],
  });
});

test.each([undefined, null, {}])('%j over values changes nothing', (over) => {
  expect(overlayValues(DEFAULT_VALUES, over)).toEqual(DEFAULT_VALUES);
});

test.each([
  { over: 'text', message: 'values must be a map, got a string' },
  { over: [], message: 'values must be a map, got a list' },
  { over: { images: 'x' }, message: 'images must be a map, got a string' },
  { over: { images: { tag: 1 } }, message: 'images.tag must be a string, got a number' },
  { over: { replicaCount: '3' }, message: 'replicaCount must be a number, got a string' },
  { over: { tolerations: {} }, message: 'tolerations must be a list, got a map' },
])('$over is refused: $message', ({ over, message }) => {
  expect(() => overlayValues(DEFAULT_VALUES, over)).toThrow(message);
});
