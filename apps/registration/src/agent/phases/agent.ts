import type { HubHash, Secret } from '@ocm/api';
import type { AnyInformer, Informer, KubeClient } from '@ocm/kube';
import type { AgentContext } from '../agent-context.ts';
import type { AgentHealth } from '../agent-health.ts';
import type { Bell } from '../bell.ts';
import type { ClusterTemplate } from '../bootstrap/plan-cluster.ts';
import type { HubAddress } from '../credential/hub-kubeconfig.ts';
import type { ConnectionJournal } from '../diagnosis/connection-journal.ts';
import type { ConnectionReport } from '../diagnosis/connection-report.ts';
import type { Files } from '../hub-files/hub-directory.ts';
import type { AgentNames } from '../identity/complete-names.ts';
import type { CredentialVerdict, RegistrationDriver } from '../registration-driver.ts';

/** What both phases of the agent's life work with. */
export interface Agent {
  readonly context: AgentContext;
  readonly names: AgentNames;
  readonly driver: RegistrationDriver;
  /** The cluster that the agent runs on. */
  readonly management: KubeClient;
  /** The cluster that is managed; the same connection when it is the same cluster. */
  readonly spoke: KubeClient;
  /** Holds the secret with the hub credential and nothing else. */
  readonly hubSecret: Informer<Secret> & AnyInformer;
  /** What that secret must hold beside the credential. */
  readonly additional: Files;
  readonly clusterTemplate: Omit<ClusterTemplate, 'decorate'>;
  /** The hub as the bootstrap kubeconfig describes it. */
  readonly hubAddress: HubAddress;
  /** Tells this hub from others on the managed cluster. */
  readonly hubHash: HubHash;
  /** Path of the hub kubeconfig. */
  readonly hubKubeconfig: string;
  /** Whether the credential in the hub directory may be used, now. */
  readonly judge: () => Promise<CredentialVerdict>;
  /** In what the bootstrap kubeconfig describes another hub, now, than when the agent started; empty when it does not. */
  readonly bootstrapChanges: () => Promise<readonly string[]>;
  /** Rings when files in the hub directory have been written. */
  readonly filesWritten: Bell;
  readonly health: AgentHealth;
  /** What the agent's parts find out about the connection to the hub. */
  readonly journal: ConnectionJournal;
  /** What is told about it. */
  readonly report: ConnectionReport;
  /** Ends the agent in good order; started again, it chooses its hub and its credential anew. */
  readonly end: (reason: string) => void;
}
