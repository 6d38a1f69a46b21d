import { type AddOnCredential, credentialId } from './add-on-registrations.ts';

/** How to get from the credentials that are kept to those that are wanted; what is in both goes on undisturbed. */
export interface CredentialPlan {
  /** Their secrets are deleted. */
  readonly stop: readonly AddOnCredential[];
  readonly start: readonly AddOnCredential[];
}

export function planCredentials(kept: readonly AddOnCredential[], wanted: readonly AddOnCredential[]): CredentialPlan {
  return { stop: without(kept, wanted), start: without(wanted, kept) };
}

function without(some: readonly AddOnCredential[], others: readonly AddOnCredential[]): readonly AddOnCredential[] {
  const known = new Set(others.map((other) => credentialId(other)));
  return some.filter((credential) => !known.has(credentialId(credential)));
}
