import type { NewObject, Secret } from '@ocm/api';
import type { Files } from '../hub-files/hub-directory.ts';

/** The text that a secret holds; empty for a secret that does not exist. */
export function decodeSecret(secret: Secret | undefined): Files {
  return Object.fromEntries(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

/** How to get the wanted keys into a secret; its other keys stay. */
export type SecretPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'create'; readonly secret: NewObject<Secret> }
  /** With the resourceVersion that was read, so that nobody's change is overwritten. */
  | { readonly kind: 'replace'; readonly secret: Secret };

export function planSecret(
  live: Secret | undefined,
  wanted: Files,
  metadata: { readonly name: string; readonly namespace: string },
): SecretPlan {
  const data = Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]),
  );
  if (live === undefined) return { kind: 'create', secret: { metadata, data } };
  const same = Object.keys(data).every((key) => live.data?.[key] === data[key]);
  return same ? { kind: 'keep' } : { kind: 'replace', secret: { ...live, data: { ...live.data, ...data } } };
}
