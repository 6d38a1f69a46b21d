import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigFile, type KubeconfigSource } from '@ocm/kube';
import { ConfigError } from '../config-error.ts';

const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How the process reaches its own cluster: the kubeconfig that was given, else the service account of the pod (registration 25).
 *
 * @param env the environment; Kubernetes puts `KUBERNETES_SERVICE_HOST` and `_PORT` there
 * @throws ConfigError when there is neither
 */
export function kubeconfigSource(
  kubeconfig: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): KubeconfigSource {
  if (kubeconfig !== undefined) return kubeconfigFile(kubeconfig);
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (host !== undefined && host !== '' && port !== undefined && port !== '') return { kind: 'in-cluster', host, port };
  throw new ConfigError(['not in a pod, so there is no service account to use: give --kubeconfig']);
}

/**
 * The namespace of the process: the one that was given, else that of the service account of the pod.
 *
 * @throws ConfigError when there is neither
 */
export async function componentNamespace(
  namespace: string | undefined,
  { directory = SERVICE_ACCOUNT_DIRECTORY }: { readonly directory?: string } = {},
): Promise<string> {
  if (namespace !== undefined) return namespace;
  const found = await readFile(join(directory, 'namespace'), 'utf8').catch(() => '');
  if (found.trim() !== '') return found.trim();
  throw new ConfigError(['not in a pod, so the namespace of the process is not known: give --namespace']);
}
