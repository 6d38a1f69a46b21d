import { readFile, stat } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import { KubeError } from '../error.ts';
import { type CurrentContext, currentContext, parseKubeconfig } from './kubeconfig.ts';

/** Where the address and the credential of an API server come from. Files are re-read when they change. */
export type KubeconfigSource =
  | { readonly kind: 'file'; readonly path: string }
  /** `directory` resolves relative file names in the text. */
  | { readonly kind: 'text'; readonly text: string; readonly directory: string }
  /** The service account of the pod: /var/run/secrets/kubernetes.io/serviceaccount, KUBERNETES_SERVICE_HOST and _PORT given by the caller. */
  | { readonly kind: 'in-cluster'; readonly host: string; readonly port: string; readonly directory?: string };

/** A current context, and what its relative paths and its errors refer to. */
export interface LoadedContext extends CurrentContext {
  /** Relative paths are resolved against it. */
  readonly directory: string;
  /** Names the source in messages: the path of the file, for example. */
  readonly origin: string;
}

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';
// Twice what etcd takes for a Secret.
const LARGEST_FILE_BYTES = 3 * 1024 * 1024;

/** The kubeconfig in a file; relative paths in it are resolved against its directory. */
export function kubeconfigFile(path: string): KubeconfigSource {
  return { kind: 'file', path };
}

/**
 * Reads the source as it is now.
 *
 * @throws KubeError `config` that names file and field
 */
export async function loadContext(source: KubeconfigSource): Promise<LoadedContext> {
  switch (source.kind) {
    case 'file':
      return parseContext(await readCredentialFile(source.path, 'kubeconfig'), {
        directory: dirname(source.path),
        origin: source.path,
      });
    case 'text':
      return parseContext(source.text, { directory: source.directory, origin: 'kubeconfig' });
    case 'in-cluster':
      return serviceAccountContext(source);
  }
}

/**
 * The text of a file that is named in a kubeconfig, or of a kubeconfig itself.
 *
 * @param what the field that named it, for the message
 * @throws KubeError `config` when it cannot be read or is larger than 3 MiB
 */
export async function readCredentialFile(path: string, what: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE_BYTES) throw new Error(`${size} bytes, allowed are ${LARGEST_FILE_BYTES}`);
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new KubeError(`cannot read ${what} ${path}: ${code ?? message}`, { code: 'config', cause: error });
  }
}

function parseContext(text: string, at: { directory: string; origin: string }): LoadedContext {
  try {
    return { ...currentContext(parseKubeconfig(text)), ...at };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new KubeError(`${at.origin}: ${error.message}`, { code: 'config', cause: error });
  }
}

function serviceAccountContext({
  host,
  port,
  directory = SERVICE_ACCOUNT_DIRECTORY,
}: Extract<KubeconfigSource, { kind: 'in-cluster' }>): LoadedContext {
  const name = 'in-cluster';
  return {
    contextName: name,
    clusterName: name,
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      certificateAuthority: join(directory, 'ca.crt'),
    },
    user: { tokenFile: join(directory, 'token') },
    directory,
    origin: 'service account of the pod',
  };
}
