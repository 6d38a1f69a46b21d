import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentialKeys } from '@ocm/api';

/** Text of files by name; a file that does not exist has no entry. */
export type Files = Readonly<Record<string, string>>;

/** The credential as the hub kubeconfig directory holds it; an absent directory holds nothing. */
export async function readHubDirectory(directory: string): Promise<Files> {
  const files = await readFiles(directory, Object.values(credentialKeys));
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, content.toString('utf8')]));
}

/** The bytes of those of the named files that exist. */
export async function readFiles(
  directory: string,
  names: readonly string[],
): Promise<Readonly<Record<string, Buffer>>> {
  const entries = await Promise.all(
    names.map(async (name) => {
      const content = await readIfPresent(join(directory, name));
      return content === undefined ? [] : [[name, content] as const];
    }),
  );
  return Object.fromEntries(entries.flat());
}

/**
 * Makes the directory (0700) when it is not there, and replaces each file (0600) as a whole, so that a reader sees the old or the
 * new content and a crash leaves one of the two.
 */
export async function writeFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [name, content] of files) await replaceFile(join(directory, name), content);
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${path}, in the directory of --hub-kubeconfig-dir`, { cause: error });
  }
}

async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  // A fixed name: what a killed predecessor left half-written is overwritten, not collected.
  const next = `${path}.next`;
  try {
    await writeFile(next, content, { mode: 0o600 });
    await chmod(next, 0o600);
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
