import { createHash } from 'node:crypto';
import { type Clock, type KubeClient, reviewToken, type TokenVerdict } from '@ocm/kube';
import type { FullRequest } from '@ocm/service';
import { ANONYMOUS, authenticated, type Caller } from './caller.ts';
import type { CertificateRules } from './certificate-rules.ts';
import { certifiedCaller } from './certified-caller.ts';
import { Remembered } from './remembered.ts';

/** Who asks; `undefined` when something was shown and it proves nothing. */
export type Authenticate = (
  request: Pick<FullRequest, 'authorization' | 'clientCertificate' | 'headers'>,
  signal: AbortSignal,
) => Promise<Caller | undefined>;

/** Of TokenReviews (placement 16.1). */
const REMEMBERED_MS = 35_000;
const LONGEST_TOKEN = 16_384;

/** Front proxy, client certificate and token, in this order; whoever shows none of them is anonymous (placement 16.1). */
export function createAuthenticate({
  client,
  clock,
  rules,
}: {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly rules: () => CertificateRules;
}): Authenticate {
  const verdicts = new Remembered<TokenVerdict>(clock, () => REMEMBERED_MS);
  const ownerOf = async (token: string, signal: AbortSignal): Promise<Caller | undefined> => {
    if (token.length > LONGEST_TOKEN) return undefined;
    const question = createHash('sha256').update(token).digest('base64');
    const verdict = await verdicts.get(question, () => reviewToken(client, token, { signal }));
    return verdict.kind === 'authenticated' ? authenticated(verdict.user) : undefined;
  };
  return async (request, signal) => {
    const certified = certifiedCaller(request, rules());
    if (certified.kind === 'caller') return certified.caller;
    const token = bearerToken(request.authorization);
    if (token !== undefined) return ownerOf(token, signal);
    return certified.kind === 'none' ? ANONYMOUS : undefined;
  };
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
