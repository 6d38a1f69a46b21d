import { Lease, type LeaseSpec } from '@ocm/api';
import type { KubeClient } from '../client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { deadlineSignal } from '../deadline.ts';
import { isKubeError } from '../error.ts';
import type { Logger } from '../logger.ts';
import type { KubeMetrics } from '../metrics.ts';
import type { Resource } from '../resource.ts';
import { HolderWatch } from './holder-watch.ts';
import { claimLease, mayTake, releaseLease } from './lease-claim.ts';

/** Between two attempts to acquire lie 1 to 2.2 retry periods, as in client-go. */
const ACQUIRE_JITTER = 1.2;
const LEAST_REQUEST_MS = 1000;

/** Which lease, for whom, and its times. */
export interface LeaderElectionOptions {
  /** Must outlive `signal`: the release is its last request. */
  readonly client: Pick<KubeClient, 'kind'>;
  readonly namespace: string;
  readonly name: string;
  /** The pod's name: a container that restarts in its pod then retakes its lease without waiting. */
  readonly identity: string;
  /** How long a silent holder is respected; longer than `renewDeadlineMs`. Written in whole seconds. */
  readonly leaseDurationMs: number;
  /** How long renewals may fail before leadership counts as lost. */
  readonly renewDeadlineMs: number;
  /** Time between renewals; shorter than `renewDeadlineMs`. */
  readonly retryPeriodMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly metrics?: KubeMetrics;
  readonly random?: () => number;
}

/** The lease could not be renewed in time, or somebody else has it. Whatever leads must end at once. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

/** One claimant's view of the lease. */
export class LeaseHold {
  readonly #options: LeaderElectionOptions;
  readonly #clock: Clock;
  readonly #leases: Resource<Lease>;
  readonly #ref: { readonly namespace: string; readonly name: string };
  readonly #holder: HolderWatch;
  /** The lease as last seen or written. */
  #lease: Lease | undefined;
  #complaint: string | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#leases = options.client.kind(Lease);
    this.#ref = { namespace: options.namespace, name: options.name };
    this.#holder = new HolderWatch(this.#clock, options);
  }

  /** Whether the lease was obtained; `false` when the signal fired before. */
  async acquire(): Promise<boolean> {
    const { signal, retryPeriodMs, random = Math.random } = this.#options;
    try {
      while (!signal.aborted) {
        if (await this.#attempt((requestSignal) => this.#tryTake(requestSignal), signal)) return true;
        await this.#holder.sleep(retryPeriodMs * (1 + ACQUIRE_JITTER * random()), signal);
      }
      return false;
    } finally {
      this.#holder.close();
    }
  }

  /** Renews until the signal fires. */
  async keep(signal: AbortSignal): Promise<void> {
    const { renewDeadlineMs, retryPeriodMs, name } = this.#options;
    const lost = new AbortController();
    const end = AbortSignal.any([signal, lost.signal]);
    // Counted from the start of the request: whoever watches the lease sees it later than that.
    const arm = (): (() => void) => this.#clock.schedule(renewDeadlineMs, () => lost.abort());
    let disarm = arm();
    try {
      while (!end.aborted) {
        await this.#clock.sleep(retryPeriodMs, end);
        if (end.aborted) break;
        const disarmNext = arm();
        const isRenewed = await this.#attempt((requestSignal) => this.#renew(requestSignal), end).catch(
          (error: unknown) => {
            disarmNext();
            throw error;
          },
        );
        (isRenewed ? disarm : disarmNext)();
        if (isRenewed) disarm = disarmNext;
      }
    } finally {
      disarm();
    }
    if (lost.signal.aborted && !signal.aborted) {
      throw new LeadershipLostError(`lease ${name} could not be renewed for ${renewDeadlineMs / 1000} s`);
    }
  }

  /** Gives the lease up, so that nobody has to wait for it to expire. */
  async release(): Promise<void> {
    const { log, name } = this.#options;
    try {
      const isReleased = await this.#attempt((signal) =>
        this.#write((spec) => releaseLease(spec, this.#clock.now()), signal),
      );
      if (!isReleased) log.warn({ lease: name }, 'lease not released: it has to expire');
    } catch (error) {
      log.debug({ lease: name, error }, 'nothing to release');
    }
  }

  /** Runs one bounded request or two; a failure other than the loss of the lease is logged once and answered with `false`. */
  async #attempt(work: (signal: AbortSignal) => Promise<boolean>, outer?: AbortSignal): Promise<boolean> {
    const { log, name, retryPeriodMs } = this.#options;
    using deadline = deadlineSignal(this.#clock, Math.max(retryPeriodMs, LEAST_REQUEST_MS), outer);
    try {
      const isDone = await work(deadline.signal);
      this.#complaint = undefined;
      return isDone;
    } catch (error) {
      if (error instanceof LeadershipLostError) throw error;
      const cause = isKubeError(error) ? error.code : String(error);
      if (outer?.aborted !== true && cause !== this.#complaint) {
        this.#complaint = cause;
        log.warn({ lease: name, error }, 'lease request failed, will retry');
      }
      return false;
    }
  }

  async #tryTake(signal: AbortSignal): Promise<boolean> {
    const seen = await this.#leases.find(this.#ref, { signal });
    const { spec = {} } = seen ?? {};
    if (seen !== undefined) this.#holder.observe(spec);
    if (!mayTake(spec, this.#options, this.#holder.isExpired)) {
      if (this.#holder.isNews()) {
        this.#options.log.info({ lease: this.#options.name, holder: spec.holderIdentity }, 'waiting for the lease');
      }
      return false;
    }
    const claimed = claimLease(spec, this.#options, this.#clock.now());
    try {
      this.#lease =
        seen === undefined
          ? await this.#leases.create({ metadata: this.#ref, spec: claimed }, { signal })
          : await this.#leases.replace({ ...seen, spec: claimed }, { signal });
      return true;
    } catch (error) {
      if (isKubeError(error, 'conflict', 'exists')) return false; // somebody was faster
      throw error;
    }
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    const claim = (spec: LeaseSpec): LeaseSpec => claimLease(spec, this.#options, this.#clock.now());
    try {
      return await this.#write(claim, signal);
    } catch (error) {
      if (!isKubeError(error, 'not-found')) throw error;
      this.#lease = await this.#leases.create({ metadata: this.#ref, spec: claim({}) }, { signal }); // somebody has cleaned up
      return true;
    }
  }

  /** Writes what `change` makes of the lease. A conflict may stem from our own write whose answer was lost. */
  async #write(change: (spec: LeaseSpec) => LeaseSpec, signal: AbortSignal): Promise<boolean> {
    const replace = async (lease: Lease): Promise<void> => {
      this.#lease = await this.#leases.replace({ ...lease, spec: change(lease.spec ?? {}) }, { signal });
    };
    try {
      await replace(this.#lease ?? (await this.#reread(signal)));
    } catch (error) {
      if (!isKubeError(error, 'conflict')) throw error;
      await replace(await this.#reread(signal));
    }
    return true;
  }

  async #reread(signal: AbortSignal): Promise<Lease> {
    const { identity, name } = this.#options;
    const lease = await this.#leases.get(this.#ref, { signal });
    const holder = lease.spec?.holderIdentity ?? '';
    if (holder !== identity) throw new LeadershipLostError(`lease ${name} is held by "${holder}"`);
    return lease;
  }
}
