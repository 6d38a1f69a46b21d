import type { Secret } from '@ocm/api';
import { type Controller, defineController, done, type Logger, type WatchSource } from '@ocm/kube';
import { readFiles, writeFiles } from './hub-directory.ts';
import { planFiles } from './plan-files.ts';

export interface SecretToFilesContext {
  /** The secret as the cache has it. */
  readonly cached: () => Secret | undefined;
  readonly directory: string;
  /** Changes of the secret, and the resync. */
  readonly watches: readonly WatchSource[];
  /** Called after files were written. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/** Brings the hub credential from its secret into the directory from which clients read it (registration 5.3). */
export function secretToFilesController(context: SecretToFilesContext): Controller {
  const { cached, directory, onChange, log } = context;
  return defineController({
    name: 'HubKubeconfigSecretController',
    watches: context.watches,
    workers: 1,
    async reconcile() {
      const written = await dumpSecret(cached(), directory);
      if (written.length === 0) return done();
      log.info({ files: written }, 'hub credential files written');
      onChange();
      return done();
    },
  });
}

/** Writes those files that differ from the secret and returns their names; an absent secret changes nothing. */
export async function dumpSecret(secret: Secret | undefined, directory: string): Promise<readonly string[]> {
  const data = secret?.data ?? {};
  const plan = planFiles(data, await readFiles(directory, Object.keys(data)));
  if (plan.size > 0) await writeFiles(directory, plan);
  return [...plan.keys()];
}
