import { join } from 'node:path';
import { freePort, type SupervisedProcess, type Supervisor } from '@ocm/testing';

const BUNDLE = join(import.meta.dirname, '../../../apps/registration/dist/registration.mjs');

/** Starts a command of the registration bundle; its log goes to a file in the directory. */
export async function startRegistration(
  supervisor: Supervisor,
  { name, directory, args }: { readonly name: string; readonly directory: string; readonly args: readonly string[] },
): Promise<SupervisedProcess> {
  const listen = `--listen=127.0.0.1:${await freePort()}`;
  const logFile = join(directory, `${name}.log`);
  return supervisor.start(process.execPath, { args: [BUNDLE, ...args, listen], logFile, env: { POD_NAME: name } });
}

/** The hub controller, without leader election: its start is part of what is measured. */
export function startController(
  supervisor: Supervisor,
  { name, directory, kubeconfig }: { readonly name: string; readonly directory: string; readonly kubeconfig: string },
): Promise<SupervisedProcess> {
  const args = [
    'controller',
    `--kubeconfig=${kubeconfig}`,
    '--namespace=open-cluster-management-hub',
    '--disable-leader-election',
  ];
  return startRegistration(supervisor, { name, directory, args });
}
