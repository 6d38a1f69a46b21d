import type { Clock } from '@ocm/kube';
import { type Bell, createBell } from '../bell.ts';
import type { CredentialResult, CredentialWait } from '../credential/credential-driver.ts';
import type { LeaseFacts } from './diagnose.ts';

/** How the last attempts of the agent's parts went; each part notes its own. */
export interface ConnectionJournal {
  /** Of the cluster's own credential. */
  noteCredential(result: CredentialResult): void;
  noteLease(
    outcome: { readonly kind: 'renewed'; readonly at: Date } | { readonly kind: 'failed'; readonly problem: string },
  ): void;
  readonly lease: LeaseFacts;
  /** What the request in hand waits for; `pressing` when the certificate in use ends soon. */
  readonly wait: { readonly for: CredentialWait; readonly pressing: boolean } | undefined;
  readonly certificateExpires: Date | undefined;
  /** Rings when something has changed that may be a problem, or the end of one. */
  readonly news: Bell;
}

export function createConnectionJournal(clock: Pick<Clock, 'sleep'>): ConnectionJournal {
  const news = createBell(clock);
  let lease: LeaseFacts = { renewed: undefined, problem: undefined };
  let wait: ConnectionJournal['wait'];
  let certificateExpires: Date | undefined;
  return {
    news,
    get lease() {
      return lease;
    },
    get wait() {
      return wait;
    },
    get certificateExpires() {
      return certificateExpires;
    },
    noteCredential(result) {
      if (result.kind === 'issued') return; // it has to be saved first
      certificateExpires = result.expires ?? certificateExpires;
      const isPressing = result.condition?.status === 'False';
      wait =
        result.kind === 'failed' || result.wait === undefined ? undefined : { for: result.wait, pressing: isPressing };
      news.ring();
    },
    noteLease(outcome) {
      const before = lease;
      lease =
        outcome.kind === 'renewed'
          ? { renewed: outcome.at, problem: undefined }
          : { renewed: before.renewed, problem: outcome.problem };
      if (before.problem !== lease.problem || before.renewed === undefined) news.ring();
    },
  };
}
