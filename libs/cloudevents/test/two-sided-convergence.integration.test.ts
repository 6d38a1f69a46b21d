import { expect, test } from '@jest/globals';
import { until } from '@ocm/testing';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  record,
} from 'fast-check';
import { quickClock } from './quick-clock.ts';
import { GrpcNetwork } from './simulation/grpc-network.ts';
import { MqttNetwork } from './simulation/mqtt-network.ts';
import type { PassingClock } from './simulation/virtual-clock.ts';
import { type Step, World } from './simulation/world.ts';

const FACTOR = 100;

function passingClock(): PassingClock {
  const clock = quickClock(FACTOR);
  return { ...clock, pass: (ms) => clock.sleep(ms, new AbortController().signal) };
}

const slot = nat({ max: 3 });
const side = constantFrom('source' as const, 'agent' as const);
const step: Arbitrary<Step> = oneof(
  { weight: 4, arbitrary: record({ kind: constant('write' as const), slot }) },
  { weight: 2, arbitrary: record({ kind: constant('delete' as const), slot }) },
  {
    weight: 3,
    arbitrary: record({ kind: constant('cut' as const), side, afterBytes: integer({ min: 0, max: 3000 }) }),
  },
  { weight: 1, arbitrary: record({ kind: constant('broker-away' as const), ms: integer({ min: 1, max: 10_000 }) }) },
  { weight: 1, arbitrary: record({ kind: constant('restart' as const), side }) },
  { weight: 4, arbitrary: record({ kind: constant('wait' as const), ms: integer({ min: 1, max: 30_000 }) }) },
);

test.each([
  { over: 'MQTT', start: (clock: PassingClock) => MqttNetwork.start(clock) },
  { over: 'gRPC', start: (clock: PassingClock) => GrpcNetwork.start(clock) },
])(
  'over $over, whatever is cut or restarted: source and agent end up with what was last accepted',
  async ({ start }) => {
    await assert(
      asyncProperty(array(step, { minLength: 10, maxLength: 30, size: 'max' }), async (steps) => {
        const clock = passingClock();
        await using network = await start(clock);
        const world = await World.start({ clock, network, random: Math.random });
        try {
          await world.do({ kind: 'wait', ms: 10_000 });
          for (const each of steps) await world.do(each);
          const agreed = async (): Promise<boolean> => {
            const { atSource, atAgent } = await world.settle();
            const accepted = [...world.accepted].map(([name, value]) => [name, { value, reported: value }]);
            const want = Object.fromEntries(accepted) as unknown;
            expect({ atSource, atAgent }).toEqual({ atSource: want, atAgent: want });
            return true;
          };
          await until(agreed, { describe: 'both to agree', deadlineMs: 30_000 });
        } finally {
          await world.stop();
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
  },
);
