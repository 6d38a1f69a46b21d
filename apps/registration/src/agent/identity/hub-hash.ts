import { createHash } from 'node:crypto';
import { type HubHash, hubHash } from '@ocm/api';

/** The hash that tells the hubs of a cluster apart (registration 13), of the address exactly as the kubeconfig has it. */
export function hubHashOf(server: string): HubHash {
  return hubHash(createHash('sha256').update(server).digest('hex'));
}
