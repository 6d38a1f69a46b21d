import { systemClock } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { fewWords } from '../../test/placement-world.ts';
import { Turns } from '../turns.ts';
import { compileSpec, compileSpecInTurns } from './compile-spec.ts';

/** Compiling takes so long for each expression that others get their turn. */
function setUp() {
  let nowMs = 0;
  const steps: string[] = [];
  const giveWay = (): Promise<void> => Promise.resolve(void steps.push('others'));
  const turns = new Turns({ clock: systemClock, elapsedMs: () => nowMs, giveWay });
  const compile = (...texts: readonly string[]) =>
    compileSpecInTurns(
      { predicates: texts.map((text) => ({ requiredClusterSelector: { celSelector: { celExpressions: [text] } } })) },
      (text) => {
        nowMs += 20;
        steps.push(text);
        return fewWords(text);
      },
      { turns, signal: new AbortController().signal },
    );
  return { compile, steps };
}

test('each expression is compiled once, and others get their turn in between', async () => {
  const { compile, steps } = setUp();
  const { predicates } = await compile('name=a', 'name=b', 'name=a');
  expect(steps).toEqual(['name=a', 'others', 'name=b']);
  const cluster = aCluster({ name: 'b' });
  const matches =
    predicates.kind === 'compiled' && predicates.predicates.map((failure) => failure(cluster) === undefined);
  expect(matches).toEqual([false, true, false]);
});

test('what is wrong is reported as without turns, and nothing is compiled after it', async () => {
  const { compile, steps } = setUp();
  const wrong = 'no such word';
  const { predicates } = await compile('true', wrong, 'name=b');
  expect(predicates).toMatchObject({ kind: 'misconfigured' });
  const spec = { predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: [wrong] } } }] };
  expect(predicates).toEqual(compileSpec(spec, fewWords).predicates);
  expect(steps).toEqual(['true', 'others', wrong]);
});
