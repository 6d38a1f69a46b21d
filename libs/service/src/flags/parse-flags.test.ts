import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ConfigError } from '../config-error.ts';
import { featureGatesFlag, type FlagTable } from './flag.ts';
import { parseFlags } from './parse-flags.ts';

const table = {
  kubeconfig: { name: 'kubeconfig', type: 'string', help: 'path' },
  listen: { name: 'listen', type: 'string', default: ':8443', help: 'address' },
  version: { name: 'tls-min-version', type: 'string', allowed: ['VersionTLS12', 'VersionTLS13'], help: 'version' },
  workers: {
    name: 'workers',
    type: 'integer',
    default: 10,
    help: 'workers',
    check: (n) => (n < 1 ? 'must be at least 1' : undefined),
  },
  qps: { name: 'kube-api-qps', type: 'number', default: 50, help: 'rate' },
  alone: { name: 'disable-leader-election', type: 'boolean', default: false, help: 'no election' },
  periodMs: { name: 'healthcheck-period', type: 'duration', default: '1m', help: 'period' },
  urls: { name: 'server-urls', type: 'list', default: [], help: 'urls' },
  patterns: { name: 'patterns', type: 'array', default: ['.*'], help: 'patterns' },
  labels: { name: 'labels', type: 'map', default: {}, help: 'labels' },
  cluster: { name: 'spoke-cluster-name', deprecatedAlias: 'cluster-name', type: 'string', help: 'cluster' },
  users: { name: 'users', type: 'list', default: [], deprecated: 'use --patterns', help: 'users' },
  verbosity: { name: 'v', type: 'integer', default: 0, help: 'verbosity' },
  gates: featureGatesFlag({ Old: { default: true, stage: 'beta' }, New: { default: false, stage: 'alpha' } }),
} as const satisfies FlagTable;

const parse = (...argv: string[]) => parseFlags(table, argv, { name: 'program agent', summary: 'Does it.' });

function configOf(...argv: string[]) {
  const outcome = parse(...argv);
  if (outcome.kind !== 'config') throw new Error('the help was shown');
  return outcome.config;
}

function problemsOf(...argv: string[]): readonly string[] {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('nothing was wrong');
}

test('without arguments every member has its default', () => {
  expect(configOf()).toEqual({
    kubeconfig: undefined,
    listen: ':8443',
    version: undefined,
    workers: 10,
    qps: 50,
    alone: false,
    periodMs: 60_000,
    urls: [],
    patterns: ['.*'],
    labels: {},
    cluster: undefined,
    users: [],
    verbosity: 0,
    gates: { Old: true, New: false },
  });
});

test('the record is frozen, so nobody can change the configuration of a running process', () => {
  expect(Object.isFrozen(configOf())).toBe(true);
  expect(Object.isFrozen(configOf().gates)).toBe(true);
});

describe("Go's notation", () => {
  test.each([
    [['--kubeconfig=/a'], { kubeconfig: '/a' }],
    [['--kubeconfig', '/a'], { kubeconfig: '/a' }],
    [['--kubeconfig=a=b'], { kubeconfig: 'a=b' }],
    [['--kubeconfig='], { kubeconfig: undefined }],
    [['--kubeconfig', '--listen'], { kubeconfig: '--listen', listen: ':8443' }],
    [['--listen='], { listen: '' }],
    [['--kube_api_qps=12.5'], { qps: 12.5 }],
    [['--kube_api-qps', '7'], { qps: 7 }],
    [['--server-urls=a_b'], { urls: ['a_b'] }],
    [['--disable-leader-election'], { alone: true }],
    [['--disable-leader-election=false'], { alone: false }],
    [['--disable-leader-election=T'], { alone: true }],
    [['--disable-leader-election', '--workers=3'], { alone: true, workers: 3 }],
    [['--disable-leader-election', '--disable-leader-election=0'], { alone: false }],
    [['--healthcheck-period=1h30m'], { periodMs: 5_400_000 }],
    [['--healthcheck-period', '-1s'], { periodMs: -1000 }],
    [['--workers=3', '--workers=4'], { workers: 4 }],
    [['--server-urls=a,b', '--server-urls', 'c'], { urls: ['a', 'b', 'c'] }],
    [['--server-urls='], { urls: [] }],
    [['--patterns=a,b', '--patterns=c'], { patterns: ['a,b', 'c'] }],
    [['--labels=a=b,c=d=e', '--labels=f=', '--labels=a=z'], { labels: { a: 'z', c: 'd=e', f: '' } }],
    [['--feature-gates=New=true', '--feature-gates', 'Old=false,New=false'], { gates: { Old: false, New: false } }],
    [['-v', '4'], { verbosity: 4 }],
    [['-v=4'], { verbosity: 4 }],
    [['-v4'], { verbosity: 4 }],
    [['--v=4'], { verbosity: 4 }],
    [['--v', '4'], { verbosity: 4 }],
    [['--tls-min-version=VersionTLS13'], { version: 'VersionTLS13' }],
    [['--tls-min-version='], { version: undefined }],
  ])('%j', (argv, want) => {
    expect(configOf(...argv)).toMatchObject(want);
  });

  test('an element of a list arrives as it was sent', () => {
    const element = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes(','));
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (elements) => {
        expect(configOf(`--server-urls=${elements.join(',')}`).urls).toEqual(elements);
        expect(configOf(...elements.map((one) => `--server-urls=${one}`)).urls).toEqual(elements);
      }),
    );
  });
});

describe('what is wrong', () => {
  test('all bad values are reported together, each with flag, rule and value', () => {
    expect(
      problemsOf(
        '--workers=0',
        '--kube-api-qps=fast',
        '--disable-leader-election=yes',
        '--healthcheck-period=5',
        '--labels=a',
        '--tls-min-version=VersionTLS11',
        '-v=high',
        '--feature-gates=Newer=true,Old=maybe',
      ),
    ).toEqual([
      '--tls-min-version must be one of "VersionTLS12", "VersionTLS13", got "VersionTLS11"',
      '--workers must be at least 1, got "0"',
      '--kube-api-qps must be a number, got "fast"',
      '--disable-leader-election must be true or false, got "yes"',
      '--healthcheck-period must be a duration such as 30s, 5m or 1h30m, got "5"',
      '--labels must be a list of key=value, got "a"',
      '-v must be a whole number, got "high"',
      '--feature-gates: unknown feature gate "Newer"; known: New, Old',
      '--feature-gates: feature gate "Old" must be true or false, got "maybe"',
    ]);
  });

  test.each([
    [['--kubeconfg=secret'], 'unknown flag --kubeconfg; did you mean --kubeconfig?'],
    [['--kube_confg=x'], 'unknown flag --kube-confg; did you mean --kubeconfig?'],
    [['--something-else'], 'unknown flag --something-else; see --help for the known ones'],
    [['-x'], 'unknown flag -x; see --help for the known ones'],
    [['--kubeconfig'], 'flag --kubeconfig needs a value'],
    [['surplus'], 'unexpected argument "surplus"'],
    [['--workers=1.5'], '--workers must be a whole number, got "1.5"'],
    [['--workers='], '--workers must be a whole number, got ""'],
    [['--labels==a'], '--labels must be a list of key=value, got "=a"'],
    [['--labels=a=b,'], '--labels must be a list of key=value, got ""'],
    [['--feature-gates=New'], '--feature-gates: feature gate "New" must be true or false, got ""'],
  ])('%j: %s', (argv, want) => {
    expect(problemsOf(...argv)).toEqual([want]);
  });
});

test('former names and flags on their way out still work, with one warning each', () => {
  const outcome = parse('--cluster-name=a', '--cluster-name=b', '--users=u');
  expect(outcome).toMatchObject({
    config: { cluster: 'b', users: ['u'] },
    warnings: ['--cluster-name is deprecated: use --spoke-cluster-name', '--users is deprecated: use --patterns'],
  });
});

test('the help names every flag with its default, the environment, and the examples', () => {
  const outcome = parseFlags(table, ['--help'], {
    name: 'program agent',
    summary: 'Does it.',
    environment: { A: 'one', 'LONGER, B': 'two' },
    examples: ['program agent -v 4'],
  });
  if (outcome.kind !== 'help') throw new Error('no help');
  for (const flag of Object.values(table)) expect(outcome.text).toContain(`--${flag.name}`);
  expect(outcome.text).toContain('Does it.');
  expect(outcome.text).toContain('(default 1m)');
  expect(outcome.text).toContain(
    '\n\nEnvironment:\n  A          one\n  LONGER, B  two\n\nExamples:\n  program agent -v 4',
  );
  expect(outcome.text).not.toContain(' --cluster-name ');
});
