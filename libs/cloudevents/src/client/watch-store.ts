import type { KubeObject } from '@ocm/api';
import { type Clock, KubeError, keyOf, type WatchEvent } from '@ocm/kube';
import type { LocalStore, StoreNews } from './local-store.ts';

const BOOKMARK_MS = 30_000;

export interface StoreWatch<T> {
  /** Whether the objects there are come first. Going on from a version is not possible: the store keeps no history. */
  readonly initialEvents: boolean;
  readonly isSelected: (object: T) => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * A store as a watch: the objects there are once the hub has said which, a bookmark, then every change; a bookmark now and then says that the
 * watch is alive, also while the hub has said nothing yet. Of an object that changes faster than the reader reads, the last state is delivered.
 *
 * @throws KubeError `gone` when the watch is to begin anywhere but at the beginning
 * @throws the signal's reason
 */
export async function* watchStore<T extends KubeObject>(
  store: LocalStore<T>,
  { initialEvents, isSelected, clock, signal }: StoreWatch<T>,
): AsyncGenerator<WatchEvent<T>> {
  if (!initialEvents)
    throw new KubeError('the local store keeps no history', { code: 'gone', status: 410, reason: 'Expired' });
  while (!(await fillsWithin(store, { ms: BOOKMARK_MS, clock, signal })))
    yield { type: 'BOOKMARK', resourceVersion: '0' };
  using pending = new PendingNews(store, isSelected, signal);
  let resourceVersion = '0';
  for (const object of store.list().filter(isSelected)) {
    resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
    yield { type: 'ADDED', object };
  }
  yield { type: 'BOOKMARK', resourceVersion, initialEventsEnd: true };
  for (;;) {
    const news = await pending.next(clock);
    signal.throwIfAborted();
    resourceVersion = news?.object.metadata.resourceVersion ?? resourceVersion;
    yield news ?? { type: 'BOOKMARK', resourceVersion };
  }
}

/** Whether the hub answers within this time what there is; throws the signal's reason. */
async function fillsWithin<T extends KubeObject>(
  { filled, isFilled }: LocalStore<T>,
  { ms, clock, signal }: { readonly ms: number } & Pick<StoreWatch<T>, 'clock' | 'signal'>,
): Promise<boolean> {
  signal.throwIfAborted();
  if (isFilled) return true;
  const over = Promise.withResolvers<boolean>();
  const onAbort = (): void => over.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const cancel = clock.schedule(ms, () => over.resolve(false), { background: true });
  try {
    return await Promise.race([filled.then(() => true), over.promise]);
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

/** What changed and was not read yet, one entry per object. */
class PendingNews<T extends KubeObject> implements Disposable {
  readonly #news = new Map<string, StoreNews<T>>();
  readonly #signal: AbortSignal;
  readonly #stop: () => void;
  #wake: () => void = () => undefined;

  constructor(store: LocalStore<T>, isSelected: (object: T) => boolean, signal: AbortSignal) {
    this.#signal = signal;
    const onAbort = (): void => this.#wake();
    signal.addEventListener('abort', onAbort, { once: true });
    const unlisten = store.listen((news) => {
      const key = keyOf(news.object);
      this.#news.delete(key); // what changed last comes last
      // An object that leaves the selection is a deletion for whoever looks at the selection.
      this.#news.set(key, isSelected(news.object) ? news : { type: 'DELETED', object: news.object });
      this.#wake();
    });
    this.#stop = () => {
      signal.removeEventListener('abort', onAbort);
      unlisten();
    };
  }

  /** `undefined` when it was time to say that nothing happened, or when the signal has fired. */
  async next(clock: Clock): Promise<StoreNews<T> | undefined> {
    if (this.#news.size === 0 && !this.#signal.aborted) {
      const woken = Promise.withResolvers<void>();
      this.#wake = woken.resolve;
      const cancel = clock.schedule(BOOKMARK_MS, woken.resolve, { background: true });
      await woken.promise;
      cancel();
    }
    const [first] = this.#news;
    if (first === undefined) return undefined;
    this.#news.delete(first[0]);
    return first[1];
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}
