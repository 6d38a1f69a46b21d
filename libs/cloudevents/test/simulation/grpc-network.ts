import { type EventTransport, grpcTransport } from '../../src/index.ts';
import { clientFiles } from '../client-files.ts';
import { FakeBroker } from '../fake-broker.ts';
import { createTestPki, startGrpcServer, startWire, type TestPki, type TestServer, type Wire } from '../grpc-server.ts';
import type { Network, Party } from './simulated-network.ts';
import type { PassingClock } from './virtual-clock.ts';

type Ends = Readonly<Record<Party['kind'], { readonly wire: Wire; readonly configPath: string }>>;

/** A broker that keeps nothing over gRPC and TLS, behind one wire for each party, which is cut at any byte. */
export class GrpcNetwork implements Network, AsyncDisposable {
  readonly #clock: PassingClock;
  readonly #pki: TestPki;
  readonly #broker: FakeBroker;
  readonly #ends: Ends;
  readonly #stack: AsyncDisposableStack;
  #server: TestServer;

  private constructor(
    { clock, pki }: { readonly clock: PassingClock; readonly pki: TestPki },
    parts: { readonly server: TestServer; readonly ends: Ends; readonly stack: AsyncDisposableStack },
  ) {
    this.#clock = clock;
    this.#pki = pki;
    this.#server = parts.server;
    this.#broker = new FakeBroker(parts.server);
    this.#ends = parts.ends;
    this.#stack = parts.stack;
  }

  static async start(clock: PassingClock): Promise<GrpcNetwork> {
    const stack = new AsyncDisposableStack();
    const pki = await createTestPki();
    const server = await startGrpcServer(pki);
    const end = async (name: string) => {
      const wire = stack.use(await startWire(server.port));
      const { configPath } = stack.use(await clientFiles(pki, { port: wire.port, pair: await pki.client(name) }));
      return { wire, configPath };
    };
    return new GrpcNetwork(
      { clock, pki },
      { server, ends: { source: await end('s1'), agent: await end('agent') }, stack },
    );
  }

  transport({ kind }: Party): Promise<EventTransport> {
    return grpcTransport(this.#ends[kind].configPath, { clock: this.#clock });
  }

  cut(kind: Party['kind'], afterBytes = 0): void {
    const { wire } = this.#ends[kind];
    if (afterBytes === 0) wire.cut();
    else wire.cutAfter(afterBytes);
  }

  async setUp(isUp: boolean): Promise<void> {
    if (!isUp) {
      await this.#server[Symbol.asyncDispose]();
      return;
    }
    this.#server = await startGrpcServer(this.#pki);
    this.#broker.moveTo(this.#server);
    for (const { wire } of Object.values(this.#ends)) wire.target = this.#server.port;
  }

  repeat(): void {}

  interfere(): void {}

  calm(): void {
    for (const { wire } of Object.values(this.#ends)) wire.cutAfter(Infinity);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await this.#server[Symbol.asyncDispose]();
  }
}
