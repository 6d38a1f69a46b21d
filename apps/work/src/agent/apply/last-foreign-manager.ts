import { workAgentFieldManager } from '@ocm/api';
import type { AnyObject } from '../manifest/any-object.ts';
import type { Correction } from './manifest-result.ts';

/** An object that was not there tells nothing about who has taken it away. */
export const NOTHING_FOUND: Correction = { rival: undefined };

/** meta/v1 ManagedFieldsEntry, as far as it matters here. */
interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly time?: string;
}

/** The field manager that has written the object last, when it is not ours; writes of its status do not count. */
export function lastForeignManager({ metadata }: AnyObject): string | undefined {
  const { managedFields = [] } = metadata as AnyObject['metadata'] & {
    readonly managedFields?: readonly ManagedFields[];
  };
  const writes = managedFields.filter(({ subresource }) => (subresource ?? '') === '');
  const lastTime = writes.reduce((last, { time = '' }) => (time > last ? time : last), '');
  // Times are whole seconds: of several managers in one the other is meant.
  const last = writes.filter(({ time = '' }) => time === lastTime);
  return last.find(({ manager }) => manager !== workAgentFieldManager)?.manager;
}
