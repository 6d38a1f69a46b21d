import { expect, test } from '@jest/globals';
import { answerAsOf, isFrozenRead, isStreamedRead, pathAsOf } from './frozen-view.ts';
import { requestInfo } from './request-info.ts';

const view = { resourceVersion: '42', when: {} };
const info = (path: string) => requestInfo('GET', path, '');

test.each([
  ['/api/v1/nodes?limit=5', '/api/v1/nodes?limit=5&resourceVersion=42&resourceVersionMatch=Exact'],
  [
    '/api/v1/nodes?resourceVersion=0&resourceVersionMatch=NotOlderThan',
    '/api/v1/nodes?resourceVersion=42&resourceVersionMatch=Exact',
  ],
  ['/api/v1/nodes?limit=5&continue=abc', '/api/v1/nodes?limit=5&continue=abc'],
  ['/api/v1/nodes/n1', '/api/v1/nodes?fieldSelector=metadata.name%3Dn1&resourceVersion=42&resourceVersionMatch=Exact'],
])('%s is asked for as %s', (path, want) => {
  expect(pathAsOf(view, info(path))).toBe(want);
});

test.each([
  ['/api/v1/nodes', true],
  ['/api/v1/nodes/n1', true],
  ['/api/v1/nodes/n1/status', false],
  ['/api/v1/nodes?watch=true', false],
  ['/readyz', false],
])('%s is answered from the view: %s', (path, want) => {
  expect(isFrozenRead(view, info(path))).toBe(want);
});

test.each([
  ['/api/v1/nodes?watch=true&sendInitialEvents=true', true],
  ['/api/v1/nodes?watch=true', false],
  ['/api/v1/pods?watch=true&sendInitialEvents=true', false],
  ['/api/v1/nodes', false],
])('%s is refused while the view of nodes is frozen: %s', (path, want) => {
  const nodes = { ...view, when: { resource: 'nodes' } };
  expect(isStreamedRead(nodes, info(path))).toBe(want);
  expect(isStreamedRead(undefined, info(path))).toBe(false);
});

test('a get takes its object, with its type, out of the list', () => {
  const body = { kind: 'NodeList', apiVersion: 'v1', items: [{ metadata: { name: 'n1' } }] };
  const want = { kind: 'Node', apiVersion: 'v1', metadata: { name: 'n1' } };
  expect(answerAsOf(info('/api/v1/nodes/n1'), { status: 200, body })).toEqual({ status: 200, body: want });
});

test('a get of what was not there is a 404', () => {
  const body = { kind: 'NodeList', apiVersion: 'v1', items: [] };
  expect(answerAsOf(info('/api/v1/nodes/n1'), { status: 200, body })).toMatchObject({
    status: 404,
    body: { kind: 'Status', reason: 'NotFound' },
  });
});
