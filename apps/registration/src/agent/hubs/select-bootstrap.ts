import { readFile } from 'node:fs/promises';
import type { AgentContext } from '../agent-context.ts';
import type { BootstrapKubeconfigs } from '../agent-settings.ts';
import { hubAddressOf } from '../credential/hub-kubeconfig.ts';
import { chooseHub, type HubCandidate, orderOfTrial } from './choose-hub.ts';
import { examineHub } from './examine-hub.ts';

/** What decides about the hub. */
export interface HubSelection {
  readonly kubeconfigs: BootstrapKubeconfigs;
  readonly cluster: string;
  /** The stored hub kubeconfig, if there is one. */
  readonly hubKubeconfig: { readonly text: string; readonly path: string } | undefined;
}

/**
 * Path of the bootstrap kubeconfig of the hub that the agent works with until it ends (registration 5.1, step 5).
 *
 * @throws Error when there are several hubs, and none can be used now
 */
export async function selectBootstrap(
  context: AgentContext,
  { kubeconfigs, cluster, hubKubeconfig }: HubSelection,
  signal: AbortSignal,
): Promise<string> {
  if (kubeconfigs.kind === 'one') return kubeconfigs.path;
  const candidates = await Promise.all(kubeconfigs.paths.map((path) => readCandidate(path)));
  const order = orderOfTrial(candidates, hubKubeconfig === undefined ? undefined : serverOf(hubKubeconfig));
  const { path, server } = await chooseHub(order, ({ path }) => examineHub(context, { path, cluster }, signal));
  context.log.info({ cluster, bootstrap: path, server }, 'hub chosen');
  return path;
}

async function readCandidate(path: string): Promise<HubCandidate> {
  const text = await readFile(path, 'utf8').catch(() => ''); // its examination says what is wrong
  return { path, server: serverOf({ text, path }) };
}

function serverOf({ text, path }: { readonly text: string; readonly path: string }): string | undefined {
  try {
    return hubAddressOf({ text, path, what: 'kubeconfig' }).server;
  } catch {
    return undefined; // it names no hub; whoever uses it says why
  }
}
