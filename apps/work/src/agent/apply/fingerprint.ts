import { createHash } from 'node:crypto';
import type { UpdateStrategy } from '@ocm/api';

/**
 * Tells whether anything that decides about an object has changed on our side (work 8.4).
 *
 * @param required what is enforced: the manifest with its owner, or only the owner
 */
export function fingerprintOf(required: object, strategy: UpdateStrategy): string {
  return createHash('sha1').update(JSON.stringify(strategy)).update(JSON.stringify(required)).digest('base64');
}
