import { type AddOnCredential, credentialId } from './add-on-registrations.ts';

/** The credential controllers of add-ons that run now. Ends with the signal it was made with; then `ended` resolves. */
export interface CredentialRuns {
  /** What is kept for an add-on, also when its controller has been stopped but its secret is not gone yet. */
  of(addOn: string): readonly AddOnCredential[];
  start(credential: AddOnCredential): void;
  /** Resolves when the controller has ended. */
  stop(credential: AddOnCredential): Promise<void>;
  /** Its secret is gone, too. */
  forget(credential: AddOnCredential): void;
  ended(): Promise<void>;
}

interface Run {
  readonly credential: AddOnCredential;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

/** @param keep runs the controller of one credential until its signal fires; it must not reject */
export function credentialRuns(
  keep: (credential: AddOnCredential, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): CredentialRuns {
  const runs = new Map<string, Run>();
  return {
    of: (addOn) =>
      [...runs.values()].map(({ credential }) => credential).filter((credential) => credential.addOn === addOn),
    start(credential) {
      if (signal.aborted) return;
      const stopping = new AbortController();
      const ended = keep(credential, AbortSignal.any([signal, stopping.signal]));
      runs.set(credentialId(credential), { credential, stopping, ended });
    },
    async stop(credential) {
      const found = runs.get(credentialId(credential));
      found?.stopping.abort();
      await found?.ended;
    },
    forget(credential) {
      runs.delete(credentialId(credential));
    },
    async ended() {
      await Promise.all([...runs.values()].map(({ ended }) => ended));
    },
  };
}
