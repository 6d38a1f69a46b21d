import { describe, expect, test } from '@jest/globals';
import { parseExact } from '@ocm/kube';
import { parseJsonPath } from './parse-json-path.ts';
import { selectByPath } from './select-by-path.ts';

const OBJECT = {
  kind: 'Thing',
  metadata: { labels: { 'app.kubernetes.io/name': 'web' } },
  spec: { replicas: 3, ports: [{ port: 80 }, { port: 443, tls: true }, { port: 8080 }] },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Odd)]', status: 'False' },
    ],
  },
};

function select(path: string, document: unknown = OBJECT): unknown {
  const parsed = parseJsonPath(path);
  if (parsed.kind === 'invalid') return `invalid: ${parsed.problem}`;
  const selected = selectByPath(parsed.path, document);
  return selected.kind === 'found' ? selected.values : `failed: ${selected.problem}`;
}

describe('what a path finds', () => {
  test.each<[string, readonly unknown[]]>([
    ['.kind', ['Thing']],
    ['$.kind', ['Thing']],
    ['@.kind', ['Thing']],
    ["['kind']", ['Thing']],
    ['.spec.replicas', [3]],
    ['.metadata.labels.app\\.kubernetes\\.io/name', ['web']],
    ["['metadata']['labels']['app\\.kubernetes\\.io/name']", ['web']],
    ['.spec.ports[0].port', [80]],
    ['.spec.ports[-1].port', [8080]],
    ['.spec.ports[*].port', [80, 443, 8080]],
    ['.spec.ports[0:2].port', [80, 443]],
    ['.spec.ports[1:].port', [443, 8080]],
    ['.spec.ports[:-1].port', [80, 443]],
    ['.spec.ports[::2].port', [80, 8080]],
    ['.spec.ports[0,2].port', [80, 8080]],
    [".spec['replicas','missing']", [3]],
    ['.spec.ports[?(@.tls)].port', [443]],
    ['.spec.ports[?(@.tls==true)].port', [443]],
    ['.spec.ports[?(@.port>100)].port', [443, 8080]],
    ['.spec.ports[?(@.port <= 443)].port', [80, 443]],
    ['.spec.ports[?(@.port != 80)].port', [443, 8080]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type=='Odd)]')].status", ['False']],
    ['..port', [80, 443, 8080]],
    ['.status..type', ['Ready', 'Odd)]']],
    ['.spec.ports[0].*', [80]],
    ['.', [OBJECT]],
    ['', [OBJECT]],
  ])('%s', (path, found) => {
    expect(select(path)).toEqual(found);
  });
});

test.each([
  '.missing',
  '.spec.missing.deeper',
  '.spec.ports[7]',
  '.spec.ports[-4]',
  '.missing[0]',
  '.kind.name',
  '.constructor',
])('nothing matches %s, and that is no failure', (path) => {
  expect(select(path)).toEqual([]);
});

test.each([
  ['.spec[0]', 'failed: map is not a list'],
  ['.kind[?(@.a)]', 'failed: string is not a list'],
  ['.spec.ports[?(@.port=="80")]', 'failed: a filter cannot compare a int with a string'],
  ['.status.conditions[?(@..type=="Ready")]', undefined],
  ['.spec.ports[?(@..*=="Ready")]', 'failed: a filter cannot compare a int with a string'],
  ['.spec.ports[?(@==1)]', 'failed: a filter cannot compare a map'],
])('%s does not fit the document', (path, problem) => {
  expect(select(path)).toEqual(problem ?? [OBJECT.status.conditions[0]]);
});

test.each([
  ['status.replicas', 'unexpected "status.replicas"'],
  ['.spec[', 'a bracket is not closed'],
  ['.spec\\', 'it ends with a backslash'],
  ['.spec[a]', 'invalid index [a]'],
  ['.spec[]', 'invalid index []'],
  ['.spec[::0]', 'the step of a slice must be greater than 0'],
  ['.spec[?(@.a', 'a filter is not closed'],
  ['.spec[?(@.a=!1)]', 'unknown operator =! in a filter'],
  ['.spec}', 'unexpected "}"'],
])('%s is refused', (path, problem) => {
  expect(select(path)).toBe(`invalid: ${problem}`);
});

test('numbers that are kept as text are compared by their value and have no members', () => {
  const document = parseExact('{"list":[{"n":12345678901234567890,"f":1.0}]}');
  expect(select('.list[?(@.f==1)].f', document)).toHaveLength(1);
  expect(select('.list[0].n.rawJSON', document)).toEqual([]);
});

test('a path that multiplies ends', () => {
  const deep = (depth: number): unknown =>
    depth === 0 ? [1, 2, 3] : [deep(depth - 1), deep(depth - 1), deep(depth - 1)];
  expect(select('..*..*..*..*', deep(7))).toBe('failed: it finds more than 10000 values');
});
