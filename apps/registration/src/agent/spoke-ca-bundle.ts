import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { currentContext, type KubeconfigSource, parseKubeconfig } from '@ocm/kube';
import { ConfigError } from '@ocm/service';

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The CA of the cluster's API server as base64, for those who reach it from outside (registration 5.1); `undefined` when the kubeconfig
 * names none.
 *
 * @throws ConfigError when the file that it names cannot be read
 */
export async function spokeCaBundle(source: KubeconfigSource): Promise<string | undefined> {
  switch (source.kind) {
    case 'in-cluster':
      return base64Of(join(source.directory ?? SERVICE_ACCOUNT_DIRECTORY, 'ca.crt'));
    case 'file':
      return bundleOf(await read(source.path), dirname(source.path));
    case 'text':
      return bundleOf(source.text, source.directory);
  }
}

async function bundleOf(kubeconfig: string, directory: string): Promise<string | undefined> {
  const { cluster } = currentContext(parseKubeconfig(kubeconfig));
  if (cluster.certificateAuthorityData !== undefined) return cluster.certificateAuthorityData;
  const path = cluster.certificateAuthority;
  if (path === undefined) return undefined;
  return base64Of(isAbsolute(path) ? path : join(directory, path));
}

async function base64Of(path: string): Promise<string> {
  return Buffer.from(await read(path)).toString('base64');
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`cannot read the CA of the managed cluster for --spoke-external-server-urls: ${problem}`], {
      cause,
    });
  }
}
