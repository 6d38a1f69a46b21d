import type { Kind } from '@ocm/api';
import type { Clock } from './clock.ts';
import { KubeError } from './error.ts';
import type { ApiAnswer, Requester } from './requester.ts';
import type { GroupVersionKind, RestMapper } from './rest-mapper.ts';
import { errorOfRefusal } from './status-error.ts';
import { abortable } from './transport/abortable.ts';

/** For so long the answer "not served" is believed. */
const MISS_MS = 3000;

/** meta/v1 APIResourceList. */
interface ResourceList {
  /** Go writes an empty list as null. */
  readonly resources?:
    | readonly {
        readonly name: string;
        readonly kind: string;
        readonly namespaced: boolean;
      }[]
    | null;
}

interface Discovered {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly atMs: number;
}

/**
 * Discovery one group version at a time, on demand: a few kilobytes for each that is used, where the aggregated document has every type of
 * the server and lags behind new ones.
 */
export class DiscoveryMapper implements RestMapper {
  readonly #requester: Pick<Requester, 'exchange'>;
  readonly #clock: Clock;
  readonly #discovered = new Map<string, Discovered>();
  readonly #running = new Map<string, Promise<Discovered>>();

  constructor(requester: Pick<Requester, 'exchange'>, clock: Clock) {
    this.#requester = requester;
    this.#clock = clock;
  }

  async find(gvk: GroupVersionKind, { signal }: { readonly signal: AbortSignal }): Promise<Kind | undefined> {
    const path = pathOf(gvk);
    const known = this.#discovered.get(path);
    const hit = known?.kinds.get(gvk.kind);
    if (hit !== undefined) return hit;
    if (known !== undefined && Math.abs(this.#nowMs() - known.atMs) < MISS_MS) return undefined;
    const { kinds } = await abortable(this.#refresh(path, gvk), signal);
    return kinds.get(gvk.kind);
  }

  /** A request found that the type is not served any more, or in another scope: the next look asks the server. */
  forget(kind: Kind): void {
    this.#discovered.delete(pathOf(kind));
  }

  /** All that miss at once share one request, so it must not end with the signal of one of them. */
  #refresh(path: string, groupVersion: GroupVersion): Promise<Discovered> {
    let running = this.#running.get(path);
    if (running === undefined) {
      running = this.#discover(path, groupVersion).finally(() => this.#running.delete(path));
      this.#running.set(path, running);
    }
    return running;
  }

  async #discover(path: string, groupVersion: GroupVersion): Promise<Discovered> {
    const doing = `discovering ${path}`;
    const { signal } = new AbortController();
    const answer = await this.#requester.exchange({ doing, method: 'GET', path, lane: 'normal', retry: true, signal });
    const kinds = kindsOf(groupVersion, parseList(doing, answer));
    const discovered = { kinds, atMs: this.#nowMs() };
    this.#discovered.set(path, discovered);
    return discovered;
  }

  #nowMs(): number {
    return this.#clock.now().getTime();
  }
}

type GroupVersion = Pick<GroupVersionKind, 'group' | 'version'>;

function pathOf({ group, version }: GroupVersion): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

function parseList(doing: string, answer: ApiAnswer): ResourceList {
  if (answer.status !== 200) {
    const error = errorOfRefusal(doing, answer);
    if (error.code === 'not-served') return {};
    throw error; // work 22: an outage is never "kind removed"
  }
  try {
    return JSON.parse(answer.text) as ResourceList;
  } catch (error) {
    throw new KubeError(`${doing}: the answer is not JSON`, { code: 'unavailable', cause: error });
  }
}

function kindsOf({ group, version }: GroupVersion, { resources }: ResourceList): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const { name, kind, namespaced } of resources ?? []) {
    // `deployments/scale` has the kind of another resource.
    if (!name.includes('/') && !kinds.has(kind)) kinds.set(kind, { group, version, kind, plural: name, namespaced });
  }
  return kinds;
}
