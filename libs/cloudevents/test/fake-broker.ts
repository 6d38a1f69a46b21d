import { failure } from './fake-hub.ts';
import type { RawEvent, Stream, TestServer } from './grpc-server.ts';

const BUNDLE = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

/**
 * A broker that keeps nothing, as MQTT has them, over the raw messages of a test server: what sources say goes to the agents of the cluster, what
 * agents say to the source that it is for.
 */
export class FakeBroker {
  /** Everything that was published, the oldest first. */
  readonly published: RawEvent[] = [];
  /** Says whether an event is refused, lost on its way, or passed on. */
  fate: (event: RawEvent) => 'pass' | 'lose' | 'refuse' = () => 'pass';
  /** Called for each event after it was passed on, and before its publisher hears of that. */
  passed: (event: RawEvent) => void | Promise<void> = () => undefined;
  #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
    this.moveTo(server);
  }

  /** Another server takes over, as after a restart. */
  moveTo(server: TestServer): void {
    this.#server = server;
    server.behaviour.publish = (event) => this.#publish(event);
  }

  /** Events of a kind so far, such as `spec.create_request`. */
  count(suffix: string): number {
    return this.published.filter(({ type }) => type === `${BUNDLE}.${suffix}`).length;
  }

  last(suffix: string): RawEvent | undefined {
    return this.published.findLast(({ type }) => type === `${BUNDLE}.${suffix}`);
  }

  /** To whom it may concern, as if it had been published. */
  relay(event: RawEvent): void {
    for (const stream of this.#server.streams) if (isFor(stream, event)) stream.write(event);
  }

  async #publish(event: RawEvent): Promise<void> {
    this.published.push(event);
    const fate = this.fate(event);
    if (fate === 'refuse') throw failure('{}');
    if (fate === 'pass') this.relay(event);
    await this.passed(event);
  }
}

/** The stream of a source; empty fields of a request are left out. */
function isOfSource({ request }: Stream): boolean {
  return !request.cluster_name;
}

function isFor(stream: Stream, { type, attributes }: RawEvent): boolean {
  const [subresource, action] = type.split('.').slice(-2);
  const isForSources = (subresource === 'status') !== (action === 'resync_request');
  if (isForSources !== isOfSource(stream)) return false;
  const { source, cluster_name: cluster } = stream.request;
  const addressee = attributes[isForSources ? 'ce-originalsource' : 'ce-clustername']?.ce_string;
  return !addressee || addressee === (isForSources ? source : cluster);
}
