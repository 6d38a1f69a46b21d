import { describe, expect, test } from '@jest/globals';
import { annotations } from '../contract/annotations.ts';
import { answerConversionReview } from './conversion-review.ts';

const GROUP = 'addon.open-cluster-management.io';
const older = (name: string, kind = 'ManagedClusterAddOn') => ({
  apiVersion: `${GROUP}/v1alpha1`,
  kind,
  metadata: { name, namespace: 'c1' },
  spec: kind === 'ManagedClusterAddOn' ? { installNamespace: name } : {},
});

function review(objects: readonly unknown[], desiredAPIVersion = `${GROUP}/v1beta1`) {
  const request = { uid: '7-7', desiredAPIVersion, objects };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', request };
}

test('answers with the uid, the review version, and all objects in order and in the wanted version', () => {
  const objects = [older('b'), older('a'), older('x', 'ClusterManagementAddOn'), older('b')];
  const { apiVersion, kind, response } = answerConversionReview(review(objects));
  expect({ apiVersion, kind }).toEqual({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' });
  expect(response).toMatchObject({ uid: '7-7', result: { status: 'Success' } });
  expect(response.convertedObjects.map(({ metadata }) => metadata.name)).toEqual(['b', 'a', 'x', 'b']);
  expect(new Set(response.convertedObjects.map((object) => object.apiVersion))).toEqual(new Set([`${GROUP}/v1beta1`]));
  expect(response.convertedObjects[0]?.metadata.annotations).toEqual({ [annotations.addOnInstallNamespace]: 'b' });
});

test('repeats the older review version', () => {
  const asked = { ...review([older('a')]), apiVersion: 'apiextensions.k8s.io/v1beta1' };
  expect(answerConversionReview(asked).apiVersion).toBe('apiextensions.k8s.io/v1beta1');
});

test('leaves an object that has the wanted version alone', () => {
  const objects = [older('a')];
  expect(answerConversionReview(review(objects, `${GROUP}/v1alpha1`)).response.convertedObjects).toEqual(objects);
});

test('a review without objects succeeds', () => {
  expect(answerConversionReview(review([])).response).toEqual({
    uid: '7-7',
    convertedObjects: [],
    result: { status: 'Success' },
  });
});

describe('one object that cannot be converted fails the whole review', () => {
  test.each([
    { because: 'of its kind', object: older('z', 'AddOnTemplate'), names: 'AddOnTemplate "c1/z"' },
    { because: 'of an inherited name as kind', object: older('z', 'constructor'), names: 'constructor "c1/z"' },
    { because: 'of its version', object: { ...older('z'), apiVersion: `${GROUP}/v9` }, names: `"${GROUP}/v9"` },
    { because: 'of its group', object: { ...older('z'), apiVersion: 'x/v1alpha1' }, names: '"x/v1alpha1"' },
    { because: 'it says nothing', object: {}, names: 'an object without kind' },
    {
      because: 'of its shape',
      object: { ...older('z'), status: { registrations: 7 } },
      names: 'ManagedClusterAddOn "c1/z"',
    },
  ])('because $because', ({ object, names }) => {
    const { response } = answerConversionReview(review([older('a'), object, older('b')]));
    expect(response).toMatchObject({ uid: '7-7', convertedObjects: [], result: { status: 'Failure' } });
    expect(response.result).toHaveProperty('message', expect.stringContaining(names));
  });

  test('because of the wanted version', () => {
    const { response } = answerConversionReview(review([older('a')], `${GROUP}/v2`));
    expect(response.result).toMatchObject({
      status: 'Failure',
      message: expect.stringContaining(
        `to "${GROUP}/v2"; ClusterManagementAddOn and ManagedClusterAddOn are converted`,
      ),
    });
  });
});

test.each([undefined, null, 'text', {}, { kind: 'ConversionReview' }, { ...review([]), request: { uid: '7' } }])(
  '%j is not a ConversionReview',
  (text) => {
    expect(() => answerConversionReview(text)).toThrow(TypeError);
  },
);
