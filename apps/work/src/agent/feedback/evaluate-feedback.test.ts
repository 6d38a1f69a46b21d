import { describe, expect, test } from '@jest/globals';
import type { FeedbackJsonPath } from '@ocm/api';
import { parseExact } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { evaluateFeedback } from './evaluate-feedback.ts';

const OFF = { rawJson: false, maxJsonRawLength: 1024 };
const ON = { rawJson: true, maxJsonRawLength: 1024 };
const metadata = { name: 'a' };
const wellKnown = (object: object) => evaluateFeedback([{ type: 'WellKnownStatus' }], object as AnyObject, OFF);
const picked = (object: object, jsonPaths: readonly FeedbackJsonPath[], limits = OFF) =>
  evaluateFeedback([{ type: 'JSONPaths', jsonPaths }], { metadata, ...object }, limits);
const integer = (name: string, value: number) => ({ name, fieldValue: { type: 'Integer', integer: value } });
const string = (name: string, value: string) => ({ name, fieldValue: { type: 'String', string: value } });

describe('well-known values', () => {
  test.each([
    [
      { apiVersion: 'apps/v1', kind: 'Deployment', status: { readyReplicas: 1, replicas: 3, availableReplicas: 2 } },
      [integer('ReadyReplicas', 1), integer('Replicas', 3), integer('AvailableReplicas', 2)],
    ],
    [
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        status: { numberReady: 1, desiredNumberScheduled: 3, numberAvailable: 2 },
      },
      [integer('NumberReady', 1), integer('DesiredNumberScheduled', 3), integer('NumberAvailable', 2)],
    ],
    [
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        status: { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
      },
      [string('JobComplete', 'True'), integer('JobSucceeded', 1)],
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } },
      [string('PodReady', 'False'), string('PodPhase', 'Running')],
    ],
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, []],
  ])('[work 46] $kind', (object, values) => {
    expect(wellKnown({ metadata, ...object })).toEqual({ values, problems: [] });
  });

  test.each([
    [{ apiVersion: 'v1', kind: 'ConfigMap' }, 'v1, Kind=ConfigMap'],
    [{ apiVersion: 'apps/v1beta1', kind: 'Deployment' }, 'apps/v1beta1, Kind=Deployment'],
  ])('[work 49] there are none of %j', (object, gvk) => {
    const problem = `cannot find the wellknown statuses for resource with gvk ${gvk}`;
    expect(wellKnown({ metadata, ...object })).toEqual({ values: [], problems: [problem] });
  });
});

const DATA = {
  text: 'x',
  number: 5,
  yes: true,
  nothing: null,
  map: { b: 1, a: [1, { d: 1, c: 2 }] },
  list: [1, 2],
  some: [{ n: 1 }, { n: 2 }],
};

describe('JSON paths', () => {
  test.each([
    ['.text', string('v', 'x')],
    ['.number', integer('v', 5)],
    ['.yes', { name: 'v', fieldValue: { type: 'Boolean', boolean: true } }],
    ['.some[*].n', integer('v', 1)],
  ])('%s has a value', (path, value) => {
    expect(picked(DATA, [{ name: 'v', path }])).toEqual({ values: [value], problems: [] });
  });

  test.each(['.missing', '.nothing', '.missing[0].deeper'])('[work 47] %s has none, and that is no problem', (path) => {
    expect(picked(DATA, [{ name: 'v', path }])).toEqual({ values: [], problems: [] });
  });

  test.each([
    ['.map', 'map', '{"a":[1,{"c":2,"d":1}],"b":1}'],
    ['.list', 'list', '[1,2]'],
    ['.some[*].n', undefined, '[1,2]'],
  ])('[work 47] %s is a problem while the gate is off, and JSON when it is on', (path, type, jsonRaw) => {
    const problems = type === undefined ? [] : [`the type ${type} of the value for v is not found`];
    expect(picked(DATA, [{ name: 'v', path }]).problems).toEqual(problems);
    const raw = { name: 'v', fieldValue: { type: 'JsonRaw', jsonRaw } };
    expect(picked(DATA, [{ name: 'v', path }], ON)).toEqual({ values: [raw], problems: [] });
  });

  test.each([
    [{ rawJson: true, maxJsonRawLength: 4 }, 4],
    [{ rawJson: true, maxJsonRawLength: 5000 }, 1024],
  ])('[work 48] JSON that is too long is left out (%j)', (limits, longest) => {
    const { values, problems } = picked({ list: ['é'.repeat(600)] }, [{ name: 'v', path: '.list' }], limits);
    expect(values).toEqual([]);
    expect(problems).toEqual([
      `the length of returned json raw string for name v is larger than the maximum length ${longest}`,
    ]);
  });

  test.each([
    ['12345678901234567', 'Integer', '12345678901234567'],
    ['9223372036854775807', 'Integer', '9223372036854775807'],
    ['9223372036854775808', 'JsonRaw', '9223372036854775808'],
    ['1.0', 'JsonRaw', '1.0'],
    ['0.5', 'JsonRaw', '0.5'],
  ])('%s is reported as written', (text, type, written) => {
    const { values } = picked(parseExact(`{"n":${text}}`) as object, [{ name: 'v', path: '.n' }], ON);
    const { fieldValue } = values[0] ?? {};
    expect(fieldValue?.type).toBe(type);
    expect(fieldValue?.jsonRaw ?? JSON.stringify(fieldValue?.integer)).toBe(written);
  });

  test('another version is a problem of this path alone', () => {
    const object = { apiVersion: 'apps/v1', kind: 'Thing', ...DATA };
    const paths = [
      { name: 'a', path: '.number', version: 'v2' },
      { name: 'b', path: '.number', version: 'v1' },
    ];
    expect(picked(object, paths)).toEqual({
      values: [integer('b', 5)],
      problems: ['version set in the path a is not matched for the related resource'],
    });
  });

  test('of two values with one name the first is kept, and the second is a problem', () => {
    const paths = [
      { name: 'v', path: '.number' },
      { name: 'v', path: '.text' },
    ];
    expect(picked(DATA, paths)).toEqual({
      values: [integer('v', 5)],
      problems: ['the value v is asked for more than once, the first is reported'],
    });
  });

  test('a path that is wrong is named with its problem', () => {
    expect(picked(DATA, [{ name: 'v', path: 'number' }]).problems).toEqual([
      'the path number of v: unexpected "number"',
    ]);
  });
});
