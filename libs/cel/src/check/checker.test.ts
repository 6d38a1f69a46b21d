import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';
import { compile } from '../compile.ts';
import { defineEnvironment } from '../environments/environment.ts';
import { kubernetesLibraries } from '../environments/kubernetes-libraries.ts';
import { BOOL, DYN, INT, listOf, mapOf, STRING } from '../types/type.ts';

const environment = defineEnvironment({
  variables: {
    object: DYN,
    s: STRING,
    i: INT,
    b: BOOL,
    l: listOf(INT),
    m: mapOf(STRING, INT),
    anything: mapOf(STRING, DYN),
  },
  libraries: kubernetesLibraries,
});

function reportOf(expression: string): string {
  const compiled = compile(expression, environment);
  return compiled.kind === 'invalid' ? compiled.report : compiled.kind;
}

function typeOf(expression: string): string {
  const compiled = compile(expression, environment);
  return compiled.kind === 'compiled' ? compiled.program.resultType : JSON.stringify(compiled);
}

describe('what does not fit is refused', () => {
  test.each([
    ['foo', "undeclared reference to 'foo' (in container '')"],
    ['foo.bar', "undeclared reference to 'foo' (in container '')"],
    ['foo(s)', "undeclared reference to 'foo' (in container '')"],
    ['s.foo(1)', "undeclared reference to 'foo' (in container '')"],
    ['Foo{a: 1}', "undeclared reference to 'Foo' (in container '')"],
    ['int{}', "'int' is not a message type"],
    ['s + 1', "found no matching overload for '_+_' applied to '(string, int)'"],
    ['s.size(1)', "found no matching overload for 'size' applied to 'string.(int)'"],
    ['size()', "found no matching overload for 'size' applied to '()'"],
    ['semver("v1.2", true)', "found no matching overload for 'semver' applied to '(string, bool)'"],
    ['i.parseJSON()', "undeclared reference to 'parseJSON' (in container '')"],
    ['s == i', "found no matching overload for '_==_' applied to '(string, int)'"],
    ['m == null', "found no matching overload for '_==_' applied to '(map(string, int), null)'"],
    ['s[0]', "found no matching overload for '_[_]' applied to '(string, int)'"],
    ['anything[1]', "found no matching overload for '_[_]' applied to '(map(string, dyn), int)'"],
    ['i in m', "found no matching overload for '@in' applied to '(int, map(string, int))'"],
    ['i && true', "expected type 'bool' but found 'int'"],
    ['i ? 1 : 2', "found no matching overload for '_?_:_' applied to '(int, int, int)'"],
    ['b ? 1 : "a"', "found no matching overload for '_?_:_' applied to '(bool, int, string)'"],
    ['s.x', "type 'string' does not support field selection"],
    ['has(s.x)', "type 'string' does not support field selection"],
    [
      's.all(x, true)',
      "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['l.all(x, x)', "expected type 'bool' but found 'int'"],
    ['l.exists(x, y)', "undeclared reference to 'y' (in container '')"],
    ['l.filter(x, x)', "found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'"],
    ['l.exists_one(x, x)', "found no matching overload for '_?_:_' applied to '(int, int, int)'"],
    ['l.map(x, x, 1)', "found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'"],
    ['l.map(x, x + s)', "found no matching overload for '_+_' applied to '(int, string)'"],
    ['[?i]', "expected type 'optional_type(int)' but found 'int'"],
    ['{?"a": i}', "expected type 'optional_type(int)' but found 'int'"],
    ['i.optMap(x, x)', "found no matching overload for 'hasValue' applied to 'int.()'"],
    [
      'optional.of(i).optFlatMap(x, x)',
      "found no matching overload for '_?_:_' applied to '(bool, int, optional_type(dyn))'",
    ],
    ['sets.contains([1], [1])', "undeclared reference to 'sets' (in container '')"],
    ['math.greatest(1, 2)', "undeclared reference to 'math' (in container '')"],
    ['cel.bind(x, 1, x)', "undeclared reference to 'cel' (in container '')"],
    ['l.all(k, v, true)', "undeclared reference to 'all' (in container '')"],
    ['now()', "undeclared reference to 'now' (in container '')"],
  ])('%s', (expression, problem) => {
    expect(answer(expression, {}, environment)).toBe(`invalid: ${problem}`);
  });
});

describe('the report', () => {
  test('says where, and shows the line', () => {
    expect(reportOf('1 == 1.0')).toBe(
      "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, double)'\n | 1 == 1.0\n | ..^",
    );
  });

  test('counts lines and code points', () => {
    expect(reportOf('s +\n "😀" + foo')).toBe(
      "ERROR: <input>:2:8: undeclared reference to 'foo' (in container '')\n |  \"😀\" + foo\n | .......^",
    );
  });

  test('lists all problems in their order', () => {
    expect(
      reportOf('foo + bar')
        .split('\n')
        .filter((line) => line.startsWith('ERROR')),
    ).toEqual([
      "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')",
      "ERROR: <input>:1:7: undeclared reference to 'bar' (in container '')",
    ]);
  });

  test('stays short however many problems there are, and however long names, lines and calls', () => {
    const manyNames = Array.from({ length: 5000 }, (_, index) => `x${index}`).join(' || ');
    const longName = 'x'.repeat(90_000);
    const longCall = `size(${Array<string>(40_000).fill('1').join(',')})`;
    for (const expression of [manyNames, longName, longCall]) expect(reportOf(expression).length).toBeLessThan(3000);
    expect(reportOf(manyNames)).toContain('4990 more errors were truncated');
  });
});

describe('the type of the result', () => {
  test.each([
    ['1', 'int'],
    ['object.a', 'dyn'],
    ['anything.a', 'dyn'],
    ['m.a', 'int'],
    ['i > 1', 'bool'],
    ['object.a + 1', 'int'],
    ['object.a + object.b', 'dyn'],
    ['[1, 2]', 'list(int)'],
    ['[1, "a"]', 'list(dyn)'],
    ['[]', 'list(dyn)'],
    ['[] + [1]', 'list(int)'],
    ['{"a": [1]}', 'map(string, list(int))'],
    ['l.map(x, string(x))', 'list(string)'],
    ['l.filter(x, x > 1)', 'list(int)'],
    ['m.map(k, m[k])', 'list(int)'],
    ['object.l.map(x, x > 1)', 'list(bool)'],
    ['[].map(x, x > 1, x + object.a)', 'list(int)'],
    ['b ? i : object.a', 'dyn'],
    ['object.?a', 'optional_type(dyn)'],
    ['m[?"a"]', 'optional_type(int)'],
    ['optional.of(i).optMap(x, string(x))', 'optional_type(string)'],
    ['optional.none().orValue(i)', 'int'],
    ['url("/a").getQuery()', 'map(string, list(string))'],
    ['type(1)', 'type(int)'],
    ['net.IP', 'type(net.IP)'],
  ])('of %s is %s', (expression, type) => expect(typeOf(expression)).toBe(type));

  test('a variable of a loop hides the one of the environment, and a type', () => {
    expect(typeOf('["a"].map(i, i)')).toBe('list(string)');
    expect(answer('[{"IP": 1}].map(net, net.IP)', {}, environment)).toBe('[1]');
  });
});

test('a type of exponential size is refused, not computed', () => {
  const expression = `[1]${'.map(x, {x: x})'.repeat(200)}`;
  expect(answer(expression)).toBe('invalid: expression is too complex to check its types');
});
