import type { ManifestWork, ManifestWorkStatus } from '@ocm/api';
import { isKubeError } from '@ocm/kube';
import type { WorkSource } from './work-source.ts';

const ATTEMPTS = 3;

/**
 * Writes what `next` makes of the status of a work. The apply loop and the status loop meet here all the time (work 5.4): after a
 * conflict the work is read again and `next` is asked anew, so that nothing is applied twice for it.
 *
 * @throws KubeError `conflict` when the spec has changed meanwhile, which has a run of its own
 */
export async function writeStatus(
  source: WorkSource,
  { work, next }: { readonly work: ManifestWork; readonly next: (work: ManifestWork) => ManifestWorkStatus },
  signal: AbortSignal,
): Promise<void> {
  let seen = work;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await source.patchStatus(seen, next(seen), { signal });
      return;
    } catch (error) {
      if (!isKubeError(error, 'conflict') || attempt === ATTEMPTS) throw error;
      const now = await source.read(work.metadata.name, { signal });
      if (now === undefined || now.metadata.uid !== work.metadata.uid) return;
      if (now.metadata.generation !== work.metadata.generation) throw error;
      seen = now;
    }
  }
}
