import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlanePki } from './control-plane-files.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { programs } from './programs.ts';
import type { SupervisedProcess, Supervisor } from './supervisor.ts';

/** What a control plane without nodes needs: signing, garbage collection, namespaces, service accounts and their tokens. */
const CONTROLLERS = [
  'certificatesigningrequest-signing-controller',
  'certificatesigningrequest-cleaner-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
];

export interface ControllerManagerOptions {
  readonly supervisor: Supervisor;
  readonly directory: string;
  readonly pki: ControlPlanePki;
  readonly server: string;
  /** Longest lifetime of a signed certificate. */
  readonly signingDurationMs: number;
  /** In addition to those of the list above. */
  readonly extraControllers: readonly string[];
}

/** Starts kube-controller-manager; it retries until the API server answers. */
export async function runControllerManager(options: ControllerManagerOptions): Promise<SupervisedProcess> {
  const { supervisor, directory, pki, server, signingDurationMs, extraControllers } = options;
  const { 'kube-controller-manager': program } = await programs();
  const kubeconfig = join(directory, 'kube-controller-manager.kubeconfig');
  const credential = { kind: 'certificate', pair: pki.controllerManager } as const;
  await writeFile(kubeconfig, kubeconfigText({ server, caPem: pki.ca.certificatePem, credential }), { mode: 0o600 });
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--secure-port=0', // it serves nothing: no port to find, no delegated authentication
    `--cluster-signing-cert-file=${pki.files.ca}`,
    `--cluster-signing-key-file=${pki.files.caKey}`,
    `--cluster-signing-duration=${Math.ceil(signingDurationMs / 1000)}s`,
    `--root-ca-file=${pki.files.ca}`,
    `--service-account-private-key-file=${pki.files.tokenKey}`,
    '--use-service-account-credentials',
    '--kube-api-qps=500', // with the default of 20 it takes 5 s until the first service account (lab 9)
    '--kube-api-burst=1000',
    '--leader-elect=false',
    '--min-resync-period=12h',
    `--controllers=${[...CONTROLLERS, ...extraControllers].join(',')}`,
  ];
  return supervisor.start(program, { args, logFile: join(directory, 'kube-controller-manager.log') });
}
