import { expect, test } from '@jest/globals';
import { type MqttBroker, startMqttBroker, until } from '@ocm/testing';
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
import { type EventTransport, mqttTransport } from '../src/index.ts';
import { startWire, type Wire } from './grpc-server.ts';
import { mqttFiles, type MqttFiles } from './mqtt-peer.ts';
import { quickClock } from './quick-clock.ts';
import type { Network, Party } from './simulation/simulated-network.ts';
import type { PassingClock } from './simulation/virtual-clock.ts';
import { type Step, World } from './simulation/world.ts';

const FACTOR = 300;

type Ends = Readonly<Record<Party['kind'], { readonly wire: Wire; readonly files: MqttFiles }>>;

/** A real broker behind one wire for each party, which is cut at any byte. What a broker does not do, be late or say something twice, it does not. */
class MqttNetwork implements Network, AsyncDisposable {
  readonly #broker: MqttBroker;
  readonly #ends: Ends;
  readonly #clock: PassingClock;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    clock: PassingClock,
    parts: { readonly broker: MqttBroker; readonly ends: Ends; readonly stack: AsyncDisposableStack },
  ) {
    this.#clock = clock;
    this.#broker = parts.broker;
    this.#ends = parts.ends;
    this.#stack = parts.stack;
  }

  static async start(clock: PassingClock): Promise<MqttNetwork> {
    const stack = new AsyncDisposableStack();
    const broker = stack.use(await startMqttBroker());
    const end = async () => {
      const wire = stack.use(await startWire(broker.port));
      const files = stack.use(await mqttFiles({ broker: { address: `127.0.0.1:${wire.port}`, ca: undefined } }));
      return { wire, files };
    };
    return new MqttNetwork(clock, { broker, ends: { source: await end(), agent: await end() }, stack });
  }

  transport(party: Party): Promise<EventTransport> {
    const role =
      party.kind === 'source'
        ? ({ kind: 'source', sourceId: 's1' } as const)
        : ({ kind: 'agent', clusterName: party.cluster } as const);
    return mqttTransport(this.#ends[party.kind].files.configPath, { role, clientId: party.kind, clock: this.#clock });
  }

  cut(kind: Party['kind'], afterBytes = 0): void {
    const { wire } = this.#ends[kind];
    if (afterBytes === 0) wire.cut();
    else wire.cutAfter(afterBytes);
  }

  async setUp(isUp: boolean): Promise<void> {
    await (isUp ? this.#broker.start() : this.#broker.kill());
  }

  repeat(): void {}

  interfere(): void {}

  calm(): void {
    for (const { wire } of Object.values(this.#ends)) wire.cutAfter(Infinity);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

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

test('over a real broker, whatever is cut or restarted: source and agent end up with what was last accepted', async () => {
  await assert(
    asyncProperty(array(step, { minLength: 10, maxLength: 30, size: 'max' }), async (steps) => {
      const clock = passingClock();
      await using network = await MqttNetwork.start(clock);
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
        await until(agreed, { describe: 'both to agree', deadlineMs: 10_000 });
      } finally {
        await world.stop();
      }
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 120_000);
