import { expect, test } from '@jest/globals';
import { WantedObjects, type WantedObject } from './wanted-objects.ts';

const configMap = (name: string, over: Partial<WantedObject> = {}): WantedObject => ({
  group: '',
  version: 'v1',
  resource: 'configmaps',
  namespace: 'n',
  name,
  isReported: false,
  ...over,
});
const types = (wanted: WantedObjects) =>
  [...wanted.types()].map(({ sample, byNamespace }) => [sample.resource, ...byNamespace]);

test('an object is found by every work that lists it', () => {
  const wanted = new WantedObjects();
  wanted.set('one', [configMap('a'), configMap('b')]);
  wanted.set('two', [configMap('b')]);
  expect([...wanted.worksOf('/configmaps/n/a')]).toEqual(['one']);
  expect([...wanted.worksOf('/configmaps/n/b')]).toEqual(['one', 'two']);
  wanted.set('one', [configMap('a')]);
  expect([...wanted.worksOf('/configmaps/n/b')]).toEqual(['two']);
  wanted.delete('two');
  expect(wanted.has('/configmaps/n/b')).toBe(false);
  expect(wanted.has('/configmaps/n/a')).toBe(true);
});

test('objects are counted by type and namespace', () => {
  const wanted = new WantedObjects();
  wanted.set('one', [configMap('a'), configMap('b', { namespace: 'm' }), configMap('c', { isReported: true })]);
  wanted.set('two', [configMap('a', { resource: 'secrets' })]);
  expect(types(wanted)).toEqual([
    ['configmaps', ['n', { objects: 2, reported: 1 }], ['m', { objects: 1, reported: 0 }]],
    ['secrets', ['n', { objects: 1, reported: 0 }]],
  ]);
  wanted.set('one', [configMap('a', { isReported: true })]);
  wanted.delete('two');
  expect(types(wanted)).toEqual([['configmaps', ['n', { objects: 1, reported: 1 }]]]);
  wanted.delete('one');
  expect(types(wanted)).toEqual([]);
});

test('a type is known in a version that some work still names', () => {
  const wanted = new WantedObjects();
  const inVersion = (version: string) => [configMap('a', { version })];
  const versions = () => [...wanted.types()].map(({ sample }) => sample.version);
  wanted.set('one', inVersion('v1beta1'));
  wanted.set('two', inVersion('v1beta1'));
  expect(wanted.set('one', inVersion('v1'))).toBe(true);
  expect(versions()).toEqual(['v1beta1']);
  expect(wanted.set('two', inVersion('v1'))).toBe(true);
  expect(versions()).toEqual(['v1']);
  expect(wanted.set('two', inVersion('v1'))).toBe(false);
  wanted.set('one', [configMap('a', { version: 'v2' }), configMap('b', { version: 'v2' })]);
  wanted.delete('two');
  expect(versions()).toEqual(['v2']);
});

test('an object that several works list is shared, until only one is left', () => {
  const wanted = new WantedObjects();
  wanted.set('one', [configMap('a'), configMap('a')]);
  expect(wanted.isShared('/configmaps/n/a')).toBe(false);
  wanted.set('two', [configMap('a')]);
  expect(wanted.isShared('/configmaps/n/a')).toBe(true);
  wanted.delete('one');
  expect(wanted.isShared('/configmaps/n/a')).toBe(false);
});

test('of the works that list an object, some report values of it', () => {
  const wanted = new WantedObjects();
  const reporters = () => [...wanted.reportersOf('/configmaps/n/a')];
  wanted.set('one', [configMap('a')]);
  wanted.set('two', [configMap('a', { isReported: true })]);
  wanted.set('three', [configMap('a'), configMap('b', { isReported: true })]);
  expect(reporters()).toEqual(['two']);
  wanted.set('one', [configMap('a', { isReported: true })]);
  wanted.delete('two');
  expect(reporters()).toEqual(['one']);
});

test('a work that lists one object twice still lets go of it', () => {
  const wanted = new WantedObjects();
  wanted.set('one', [configMap('a'), configMap('a')]);
  wanted.delete('one');
  expect(wanted.has('/configmaps/n/a')).toBe(false);
  expect(types(wanted)).toEqual([]);
});

test('the objects of a scope are found by its key', () => {
  const wanted = new WantedObjects();
  wanted.set('one', [configMap('a'), configMap('b', { namespace: 'n2' }), configMap('c', { resource: 'configmapsx' })]);
  const names = (scope: string) => [...wanted.within(scope)].map(({ name }) => name);
  expect(names('/configmaps')).toEqual(['a', 'b']);
  expect(names('/configmaps/n')).toEqual(['a']);
});
