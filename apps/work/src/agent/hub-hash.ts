import { createHash } from 'node:crypto';
import { type HubHash, hubHash } from '@ocm/api';

/**
 * The hash that tells hubs apart (work 5.2).
 *
 * @param server address exactly as the kubeconfig has it: a trailing slash is another hub
 */
export function hubHashOf(server: string): HubHash {
  return hubHash(createHash('sha256').update(server).digest('hex'));
}
