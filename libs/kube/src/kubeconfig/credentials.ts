import type { Clock } from '../clock.ts';
import { asError } from '../error.ts';
import type { Logger } from '../logger.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import { PluginCredentials } from './plugin-credential.ts';
import type { ProxyVariables } from './proxy.ts';
import { type KubeconfigSource, type LoadedContext, loadContext } from './source.ts';

export interface CredentialsOptions {
  readonly clock: Clock;
  readonly log: Logger | undefined;
  readonly reloadMs: number;
  readonly proxy: ProxyVariables | undefined;
}

// A server that refuses every request must not make us run a credential plug-in for each.
const SHORTEST_REFRESH_MS = 10_000;

/**
 * The endpoint of a kubeconfig, kept up to date with its files: the kubeconfig itself, certificates, keys, tokens. The server's address
 * alone stays what it was: names derive from it (work 5.2), so another address is another client.
 */
export class Credentials {
  readonly #source: KubeconfigSource;
  readonly #options: CredentialsOptions;
  readonly #plugins: PluginCredentials;
  readonly #server: string;
  #endpoint: Endpoint;
  #refreshing: Promise<boolean> | undefined;
  #refreshedAtMs = -Infinity;
  #lastProblem = '';
  #cancelTimer: (() => void) | undefined;
  #onChange: (endpoint: Endpoint) => void = () => undefined;

  private constructor(
    source: KubeconfigSource,
    options: CredentialsOptions,
    initial: { plugins: PluginCredentials; server: string; endpoint: Endpoint },
  ) {
    this.#source = source;
    this.#options = options;
    this.#plugins = initial.plugins;
    this.#server = initial.server;
    this.#endpoint = initial.endpoint;
  }

  /** @throws KubeError `config` when the kubeconfig or a file it names cannot be used */
  static async load(source: KubeconfigSource, options: CredentialsOptions): Promise<Credentials> {
    const plugins = new PluginCredentials();
    const context = await loadContext(source);
    const endpoint = await resolveEndpoint(context, { plugins, proxy: options.proxy });
    return new Credentials(source, options, { plugins, server: context.cluster.server, endpoint });
  }

  /** As written in the kubeconfig. */
  get server(): string {
    return this.#server;
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Looks at the files at each interval and calls back when one has changed. */
  watch(onChange: (endpoint: Endpoint) => void): void {
    this.#onChange = onChange;
    this.#schedule();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Looks at the files now. */
  async reload(): Promise<void> {
    await this.#refreshing; // it may have looked before they changed
    await this.#refresh();
  }

  /** The server refused the credential. Resolves with whether there is another one now. */
  async refused(): Promise<boolean> {
    const nowMs = this.#options.clock.now().getTime();
    if (Math.abs(nowMs - this.#refreshedAtMs) < SHORTEST_REFRESH_MS) return this.#refreshing ?? false;
    this.#refreshedAtMs = nowMs;
    this.#plugins.forget();
    return this.#refresh();
  }

  #schedule(): void {
    const { clock, reloadMs } = this.#options;
    this.#cancelTimer = clock.schedule(reloadMs, () => void this.#poll(), { background: true });
  }

  async #poll(): Promise<void> {
    await this.#refresh();
    if (this.#cancelTimer !== undefined) this.#schedule();
  }

  #refresh(): Promise<boolean> {
    this.#refreshing ??= this.#reload().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Never throws: while the files cannot be used, the last good credential is. */
  async #reload(): Promise<boolean> {
    try {
      const context = await this.#load();
      const endpoint = await resolveEndpoint(context, { plugins: this.#plugins, proxy: this.#options.proxy });
      this.#lastProblem = '';
      if (JSON.stringify(endpoint) === JSON.stringify(this.#endpoint)) return false;
      this.#endpoint = endpoint;
      this.#onChange(endpoint);
      return true;
    } catch (error) {
      this.#warnOnce(asError(error));
      return false;
    }
  }

  async #load(): Promise<LoadedContext> {
    const context = await loadContext(this.#source);
    if (context.cluster.server === this.#server) return context;
    throw new Error(`${context.origin}: server is now ${context.cluster.server}; restart to follow`);
  }

  #warnOnce(error: Error): void {
    if (error.message === this.#lastProblem) return;
    this.#lastProblem = error.message;
    this.#options.log?.warn({ server: this.#server, error }, 'credential not reloaded, the last one stays in use');
  }
}
