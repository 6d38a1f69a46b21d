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

/** The field manager other than ours that has written the object last; writes of its status do not count. */
export function lastForeignManager({ metadata }: AnyObject): string | undefined {
  const { managedFields = [] } = metadata as AnyObject['metadata'] & {
    readonly managedFields?: readonly ManagedFields[];
  };
  const foreign = managedFields.filter(
    ({ manager, subresource }) => manager !== workAgentFieldManager && (subresource ?? '') === '',
  );
  return foreign.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]?.manager;
}
