import { expect, test } from '@jest/globals';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
  constant,
} from 'fast-check';
import type { Versions } from './source/next-version.ts';
import { type Step, World } from '../test/simulation/world.ts';

const CASES = Number(process.env['OCM_PROPERTY_RUNS'] ?? 200);

const slot = nat({ max: 3 });
const side = constantFrom('source' as const, 'agent' as const);
const step: Arbitrary<Step> = oneof(
  { weight: 5, arbitrary: record({ kind: constant('write' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('delete' as const), slot }) },
  {
    weight: 2,
    arbitrary: record({ kind: constant('cut' as const), side, afterBytes: integer({ min: 0, max: 4000 }) }),
  },
  { weight: 1, arbitrary: record({ kind: constant('broker-away' as const), ms: integer({ min: 1, max: 30_000 }) }) },
  { weight: 1, arbitrary: record({ kind: constant('restart' as const), side }) },
  { weight: 2, arbitrary: constant({ kind: 'repeat' as const }) },
  {
    weight: 2,
    arbitrary: record({ kind: constantFrom('late' as const, 'twice' as const), count: integer({ min: 1, max: 5 }) }),
  },
  { weight: 4, arbitrary: record({ kind: constant('wait' as const), ms: integer({ min: 1, max: 20_000 }) }) },
);

/** Lets all of it happen, makes peace, and compares. */
async function converges(seed: number, steps: readonly Step[], versions: Versions = 'counted'): Promise<void> {
  const world = await World.simulated(seed, versions);
  await world.do({ kind: 'wait', ms: 5000 });
  for (const each of steps) await world.do(each);
  const { atSource, atAgent } = await world.settle();
  const accepted = [...world.accepted].map(([name, value]) => [name, { value, reported: value }]);
  await world.stop();
  const want = Object.fromEntries(accepted) as unknown;
  expect({ atSource, atAgent }).toEqual({ atSource: want, atAgent: want });
}

const many = { minLength: 5, maxLength: 40, size: 'max' } as const;

test('whatever is cut, restarted, doubled or late: source and agent end up with what was last accepted', async () => {
  await assert(
    asyncProperty(nat(), array(step, many), (seed, steps) => converges(seed, steps)),
    { numRuns: CASES },
  );
}, 1_800_000);

// Nothing tells then whether a deletion is that of a work or of its predecessor, or which of two writes is the later one.
test('without versions so they do as long as nothing is deleted or overtaken', async () => {
  const steps = array(step, many).map((all) => all.filter(({ kind }) => !['delete', 'late', 'repeat'].includes(kind)));
  await assert(
    asyncProperty(nat(), steps, (seed, each) => converges(seed, each, 'none')),
    { numRuns: CASES / 4 },
  );
}, 1_800_000);
