import { createHash } from 'node:crypto';
import type { UpdateStrategy } from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';

/** Tells whether anything that decides about an object has changed on our side (work 8.4): the manifest, its owner, the strategy. */
export function fingerprintOf(required: AnyObject, strategy: UpdateStrategy): string {
  return createHash('sha1').update(JSON.stringify(strategy)).update(JSON.stringify(required)).digest('base64');
}
