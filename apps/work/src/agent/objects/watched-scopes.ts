import type { ResourceId } from '../manifest/resource-id.ts';
import type { WatchedObject } from './object-reader.ts';
import { scopeKeysOf, type WatchScope } from './plan-watches.ts';
import { type ScopeMode, type ScopeTools, WatchedScope } from './watched-scope.ts';

export interface WatchedScopesTools extends Omit<ScopeTools, 'onSynced'> {
  /** The first list of the scope with this key is complete. */
  readonly onSynced: (scope: string) => void;
}

interface RunningScope {
  readonly version: string;
  readonly scope: WatchedScope;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** The watches that are held now. */
export class WatchedScopes {
  readonly #tools: WatchedScopesTools;
  readonly #running = new Map<string, RunningScope>();

  constructor(tools: WatchedScopesTools) {
    this.#tools = tools;
  }

  /** The object as a watch has it, or that it does not exist; `undefined` says nothing. */
  find(id: ResourceId): WatchedObject | 'absent' | undefined {
    for (const key of scopeKeysOf(id)) {
      const seen = this.#running.get(key)?.scope.get(id);
      if (seen !== undefined) return seen;
    }
    return undefined;
  }

  /** How changes of such objects are noticed; `undefined`: no scope is theirs. */
  modeOf(resource: Parameters<typeof scopeKeysOf>[0]): ScopeMode | undefined {
    const running = scopeKeysOf(resource).map((key) => this.#running.get(key));
    return running.find((each) => each !== undefined)?.scope.mode;
  }

  /** From now on exactly these are watched. */
  watch(plan: readonly WatchScope[]): void {
    const planned = new Map(plan.map(({ key, kind }) => [key, kind.version]));
    for (const [key, { version, stop }] of this.#running) {
      if (planned.get(key) === version) continue;
      stop.abort();
      this.#running.delete(key);
    }
    for (const each of plan) {
      if (!this.#running.has(each.key)) this.#running.set(each.key, this.#start(each));
    }
  }

  /** Lists a scope anew, if it is watched. */
  relist(key: string): void {
    const scope = this.#running.get(key)?.scope;
    if (scope?.mode === 'watched') scope.relist();
  }

  async stop(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  #start(planned: WatchScope): RunningScope {
    const stop = new AbortController();
    const scope = new WatchedScope(planned, { ...this.#tools, onSynced: () => this.#tools.onSynced(planned.key) });
    return { version: planned.kind.version, scope, stop, ended: scope.run(stop.signal) };
  }
}
