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
import { type Step, World } from '../test/simulation/world.ts';

const CASES = Number(process.env['OCM_PROPERTY_RUNS'] ?? 200);

const slot = nat({ max: 3 });
const side = constantFrom('source' as const, 'agent' as const);
/** Whether the source counts the versions of its works. */
const versions = constantFrom('counted' as const, 'none' as const);
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

test('whatever is cut, restarted, doubled or late: source and agent end up with what was last accepted', async () => {
  await assert(
    asyncProperty(
      nat(),
      versions,
      array(step, { minLength: 5, maxLength: 40, size: 'max' }),
      async (...[seed, kept, steps]) => {
        const world = await World.simulated(seed, kept);
        await world.do({ kind: 'wait', ms: 5000 });
        for (const each of steps) await world.do(each);
        const { atSource, atAgent } = await world.settle();
        const accepted = [...world.accepted].map(([name, value]) => [name, { value, reported: value }]);
        await world.stop();
        expect({ atSource, atAgent }).toEqual({
          atSource: Object.fromEntries(accepted),
          atAgent: Object.fromEntries(accepted),
        });
      },
    ),
    { numRuns: CASES },
  );
}, 1_800_000);
