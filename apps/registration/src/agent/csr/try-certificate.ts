import { connect, refusesClientCertificate } from '@ocm/kube';
import { type AgentContext, connectOptions } from '../agent-context.ts';
import { buildHubKubeconfig, type HubAddress } from '../credential/hub-kubeconfig.ts';

/** A certificate that has been issued, with its key. */
export interface IssuedPair {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/** What came of showing a new pair to the hub. */
export type TrialVerdict =
  | { readonly kind: 'good' }
  /** The hub does not take it: whoever put it in place of the old one would be locked out. */
  | { readonly kind: 'rejected'; readonly problem: string }
  /** The hub could not be asked; it says nothing about the pair. */
  | { readonly kind: 'unanswered'; readonly error: Error };

export type TryPair = (pair: IssuedPair, signal: AbortSignal) => Promise<TrialVerdict>;

/** Every answer that needs to know who asks will do, and this one is short. */
const PATH = '/version';
const TIMEOUT_MS = 10_000;

/** Shows new pairs to this hub over a connection of their own. */
export function pairTrial(hub: HubAddress, context: AgentContext): TryPair {
  return async ({ certificatePem, privateKeyPem }, signal) => {
    const user = { 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(privateKeyPem) };
    const source = { kind: 'text', text: buildHubKubeconfig(hub, user), directory: '/' } as const;
    try {
      await using client = await connect(source, connectOptions(context));
      const { status, body } = await client.request({ method: 'GET', path: PATH, timeoutMs: TIMEOUT_MS, signal });
      return judgeTrial({ kind: 'answered', status, text: body });
    } catch (error) {
      if (signal.aborted) throw error;
      return judgeTrial({ kind: 'failed', error });
    }
  };
}

/** How a trial ended. */
export type TrialOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Only 401 and a refusal in the TLS handshake speak against a pair; 403 comes from a hub that knows its holder. */
export function judgeTrial(outcome: TrialOutcome): TrialVerdict {
  if (outcome.kind === 'answered') {
    const { status, text } = outcome;
    if (status === 401) return { kind: 'rejected', problem: `the hub answered 401: ${text.slice(0, 200).trim()}` };
    return status < 500 && status !== 429
      ? { kind: 'good' }
      : { kind: 'unanswered', error: new Error(`the hub answered ${status}`) };
  }
  const error = outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
  // A CA file that cannot be read, or a proxy that cannot be used, says nothing about the pair: the hub was not asked.
  return refusesClientCertificate(error) ? { kind: 'rejected', problem: error.message } : { kind: 'unanswered', error };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
