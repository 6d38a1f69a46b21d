import { type MqttBroker, startMqttBroker } from '@ocm/testing';
import { type EventTransport, mqttTransport } from '../../src/index.ts';
import { startWire, type Wire } from '../grpc-server.ts';
import { mqttFiles, type MqttFiles } from '../mqtt-peer.ts';
import type { Network, Party } from './simulated-network.ts';
import type { PassingClock } from './virtual-clock.ts';

type Ends = Readonly<Record<Party['kind'], { readonly wire: Wire; readonly files: MqttFiles }>>;

/** A real broker behind one wire for each party, which is cut at any byte. What a broker does not do, be late or say something twice, it does not. */
export class MqttNetwork implements Network, AsyncDisposable {
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
