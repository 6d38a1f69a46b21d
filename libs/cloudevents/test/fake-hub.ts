import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { RawAttribute, RawEvent, TestServer } from './grpc-server.ts';

const BUNDLE = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

/** A work as the hub has it. */
export interface HubWork {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly value: string;
  readonly isDeleting: boolean;
}

/** The bundles of one cluster on a hub that answers as cloudevents-grpc 7.1 and 13 say, over the raw messages of a test server. */
export class FakeHub {
  readonly works = new Map<string, HubWork>();
  /** Status payloads by uid, the last that came. */
  readonly statuses = new Map<string, { readonly event: RawEvent; readonly payload: BundleStatusPayload }>();
  resyncs = 0;
  #server: TestServer;
  readonly #cluster: string;

  constructor(server: TestServer, cluster = 'cluster1') {
    this.#server = server;
    this.#cluster = cluster;
    this.moveTo(server);
  }

  /** Another server takes over, as after a restart. */
  moveTo(server: TestServer): void {
    this.#server = server;
    server.behaviour.publish = (event) => this.#publish(event);
  }

  put(work: HubWork): void {
    this.works.set(work.uid, work);
    this.tell(work, 'update_request');
  }

  /** Sends what a work is, or was, without changing it. */
  tell(work: HubWork, action: string): void {
    this.#server.send(this.event(work, action));
  }

  event(work: HubWork, action: string): RawEvent {
    const { uid, name, generation, value, isDeleting } = work;
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { value } };
    return this.#event(
      `spec.${action}`,
      {
        'ce-resourceid': text(uid),
        'ce-resourceversion': { ce_integer: generation },
        'ce-metadata': text(JSON.stringify({ name, namespace: this.#cluster, uid, labels: { l: 'v' } })),
        'ce-logtracing': text('{}'),
        ...(isDeleting ? { 'ce-deletiontimestamp': { ce_timestamp: { seconds: 1_800_000_000, nanos: 0 } } } : {}),
      },
      isDeleting ? undefined : { manifests: [manifest] },
    );
  }

  deletion(uid: string, version?: number): RawEvent {
    return this.#event(
      'spec.resync_response',
      {
        'ce-resourceid': text(uid),
        ...(version === undefined ? {} : { 'ce-resourceversion': { ce_integer: version } }),
        'ce-deletiontimestamp': { ce_timestamp: { seconds: 1_800_000_000, nanos: 0 } },
      },
      undefined,
    );
  }

  statusResync(hashes: readonly { readonly resourceID: string; readonly statusHash: string }[]): void {
    this.#server.send(this.#event('status.resync_request', {}, { statusHashes: hashes }));
  }

  #event(suffix: string, attributes: Record<string, RawAttribute>, payload: object | undefined): RawEvent {
    return {
      id: randomUUID(),
      source: 'kube',
      spec_version: '1.0',
      type: `${BUNDLE}.${suffix}`,
      attributes: {
        'ce-clustername': text(this.#cluster),
        'ce-originalsource': text(''),
        ...attributes,
        ...(payload === undefined ? {} : { contenttype: text('application/json') }),
      },
      ...(payload === undefined ? {} : { binary_data: Buffer.from(JSON.stringify(payload)) }),
    };
  }

  #publish(event: RawEvent): void {
    if (event.type === `${BUNDLE}.spec.resync_request`) this.#resync(event);
    else if (event.type.startsWith(`${BUNDLE}.status.`)) this.#status(event);
    else throw failure(`unsupported ${event.type}`);
  }

  #resync(event: RawEvent): void {
    this.resyncs += 1;
    const { resourceVersions } = JSON.parse(String(event.binary_data)) as {
      resourceVersions: readonly { readonly resourceID: string; readonly resourceVersion: number }[];
    };
    const held = new Map(resourceVersions.map(({ resourceID, resourceVersion }) => [resourceID, resourceVersion]));
    for (const work of this.works.values()) {
      if (work.isDeleting || work.generation > (held.get(work.uid) ?? 0)) this.tell(work, 'resync_response');
    }
    for (const [uid, version] of held) if (!this.works.has(uid)) this.#server.send(this.deletion(uid, version));
  }

  #status(event: RawEvent): void {
    const uid = event.attributes['ce-resourceid']?.ce_string ?? '';
    const payload = JSON.parse(String(event.binary_data)) as BundleStatusPayload;
    if (event.attributes['ce-sequenceid']?.ce_string === undefined) throw failure('no sequence id');
    this.statuses.set(uid, { event, payload });
    if (payload.conditions?.some(({ type }) => type === 'Deleted') === true) this.works.delete(uid);
  }
}

export interface BundleStatusPayload {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

export function text(value: string): RawAttribute {
  return { ce_string: value };
}

export function failure(details: string): { readonly code: status; readonly details: string } {
  return { code: status.FAILED_PRECONDITION, details };
}
