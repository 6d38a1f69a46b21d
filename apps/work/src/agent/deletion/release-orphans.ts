import type { AppliedManifestWork, ManifestWork } from '@ocm/api';
import type { WorkAgentContext } from '../context.ts';
import { idOf, type ResourceId } from '../manifest/resource-id.ts';
import { deleteAppliedResources } from '../ownership/delete-applied-resources.ts';
import { isOwnedByWork } from '../ownership/owner.ts';

/**
 * Takes our owner reference from what the delete option leaves behind. Usually the apply loop has done so long ago; but a work may be
 * given the option and be deleted in one breath.
 *
 * @throws AggregateError when some objects could not be released: then nothing may be deleted yet
 */
export async function releaseOrphans(
  { spec }: ManifestWork,
  appliedWork: AppliedManifestWork,
  { context, signal }: { readonly context: WorkAgentContext; readonly signal: AbortSignal },
): Promise<void> {
  const isOrphaned = (id: ResourceId): boolean => !isOwnedByWork(spec?.deleteOption, id);
  const resources = appliedWork.status?.appliedResources?.filter((resource) => isOrphaned(idOf(resource))) ?? [];
  if (resources.length === 0) return;
  const { errors } = await deleteAppliedResources({ resources, appliedWork, isOrphaned }, context, signal);
  if (errors.length > 0) throw new AggregateError(errors, `cannot release ${errors.length} objects that are to stay`);
}
