import { timestamp } from '@ocm/api';
import type { CredentialWait } from '../credential/credential-driver.ts';
import { describeWait } from '../csr/decide-csr.ts';
import type { HubChannel } from '../registration-driver.ts';

/** Causes for which the agent is not, or not fully, connected with its hub, in the order in which they are looked for. */
export const connectionCauses = [
  'HubUntrusted',
  'HubUnreachable',
  'ClockOutOfSync',
  'CertificateExpired',
  'UserUnknown',
  'BootstrapRightsMissing',
  'CertificateRequestDenied',
  'CertificateRequestFailed',
  'CertificateRequestPending',
  'SignerAbsent',
  'TooManyCertificateRequests',
  'ClusterDeleted',
  'ClusterNotAccepted',
  'LeaseStale',
] as const;

export type ConnectionCause = (typeof connectionCauses)[number];

/** The first thing that keeps agent and hub apart, and the next step. */
export interface Diagnosis {
  readonly cause: ConnectionCause;
  /** What is wrong. Anybody may read it. */
  readonly problem: string;
  /** What to do about it. */
  readonly next: string;
}

/** How the hub answered when it was asked for next to nothing. */
export type ProbeOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Our clock less the hub's. */
      readonly skewMs: number | undefined;
    }
  | { readonly kind: 'untrusted'; readonly problem: string }
  | { readonly kind: 'unreachable'; readonly problem: string };

/** What the agent knows about its connection. */
export interface ConnectionFacts {
  readonly cluster: string;
  readonly phase: 'bootstrap' | 'joined';
  readonly channel: HubChannel;
  /** `undefined` when there was no reason to ask. */
  readonly probe: ProbeOutcome | undefined;
  /** End of the certificate in use, if one is. */
  readonly certificateExpires: Date | undefined;
  /** What a request for a certificate waits for, when that is a problem by now. */
  readonly wait: CredentialWait | undefined;
  /** The agent's own cluster as the hub has it; `undefined` when that cannot be told. */
  readonly registered: 'accepted' | 'not-accepted' | 'deleted' | undefined;
  /** The hub has found that the clocks differ too much. */
  readonly clockDisputed: boolean;
  readonly lease: LeaseFacts | undefined;
  /** Five lease durations: so far clocks may differ, and so long the hub waits for a renewal. */
  readonly graceMs: number;
}

/** How the heartbeat goes. */
export interface LeaseFacts {
  /** Last success; `undefined` when there was none. */
  readonly renewed: Date | undefined;
  /** Why the last attempt failed; `undefined` when it did not. */
  readonly problem: string | undefined;
}

/** How long a signer may take until it counts as absent. */
const SIGNER_PATIENCE_MS = 30_000;

/** The first cause that can be told on this side of the connection; `undefined` when there is nothing to complain about. */
export function diagnose(facts: ConnectionFacts, now: Date): Diagnosis | undefined {
  return (
    silentHub(facts) ??
    wrongClock(facts) ??
    refusedUser(facts, now) ??
    missingCertificate(facts, now) ??
    missingAcceptance(facts) ??
    staleLease(facts, now)
  );
}

/** Where an administrator of the cluster says how its hub is reached. */
const PLACES = {
  api: {
    authority: 'certificate-authority-data of the bootstrap kubeconfig',
    address: 'the server address and the proxy in the bootstrap kubeconfig',
    credential: 'the bootstrap kubeconfig',
    hub: 'the hub',
  },
  grpc: {
    authority: 'caData of config.yaml in the bootstrap secret',
    address: 'url in config.yaml of the bootstrap secret',
    credential: 'the token in config.yaml of the bootstrap secret',
    hub: 'the gRPC server of the hub',
  },
} as const satisfies Record<HubChannel, object>;

function silentHub({ probe, channel }: ConnectionFacts): Diagnosis | undefined {
  const { authority, address, hub } = PLACES[channel];
  switch (probe?.kind) {
    case 'untrusted':
      return {
        cause: 'HubUntrusted',
        problem: `no trusted connection to the hub: ${probe.problem}`,
        next: `put the certificate of the authority of the hub into ${authority}, and check the clock of this cluster`,
      };
    case 'unreachable':
      return {
        cause: 'HubUnreachable',
        problem: `the hub cannot be reached: ${probe.problem}`,
        next: `check ${address}, name resolution and firewalls between this cluster and the hub, and whether ${hub} is up`,
      };
    case 'answered':
      if (probe.status < 500) return undefined;
      return {
        cause: 'HubUnreachable',
        problem: `the hub is in trouble: it answers ${probe.status}`,
        next: 'look at the API server of the hub, and at proxies and load balancers in front of it',
      };
    case undefined:
      return undefined;
  }
}

function wrongClock({ probe, clockDisputed, graceMs }: ConnectionFacts): Diagnosis | undefined {
  const skewMs = probe?.kind === 'answered' ? probe.skewMs : undefined;
  const isOff = skewMs !== undefined && Math.abs(skewMs) >= graceMs;
  if (!isOff && !clockDisputed) return undefined;
  const seconds = Math.round(Math.abs(skewMs ?? 0) / 1000);
  const how = isOff ? `${seconds} s ${skewMs < 0 ? 'behind' : 'ahead of'} that of the hub` : 'found wrong by the hub';
  return {
    cause: 'ClockOutOfSync',
    problem: `the clock of this cluster is ${how}`,
    next: 'set the clock of the node (NTP); until then no status is reported',
  };
}

function refusedUser({ probe, phase, channel, certificateExpires }: ConnectionFacts, now: Date): Diagnosis | undefined {
  if (phase === 'joined' && certificateExpires !== undefined && certificateExpires <= now) {
    return {
      cause: 'CertificateExpired',
      problem: `the client certificate expired at ${timestamp(certificateExpires)}`,
      next: 'the agent registers anew when it is restarted, which its liveness probe sees to; check that the bootstrap kubeconfig is still valid, then approve the new request on the hub',
    };
  }
  if (probe?.kind !== 'answered' || probe.status !== 401) return undefined;
  return phase === 'joined'
    ? {
        cause: 'UserUnknown',
        problem: 'the hub does not know the user of the client certificate (401)',
        next: 'the hub was rebuilt, or signs with another authority: delete the secret with the hub kubeconfig and restart the agent, so that it registers anew',
      }
    : {
        cause: 'UserUnknown',
        problem: 'the hub does not know the bootstrap credential (401): it has expired or was made for another hub',
        next: `replace ${PLACES[channel].credential}`,
      };
}

const WAIT_CAUSES = {
  approval: 'CertificateRequestPending',
  denied: 'CertificateRequestDenied',
  failed: 'CertificateRequestFailed',
  signature: 'SignerAbsent',
  limit: 'TooManyCertificateRequests',
} as const satisfies Record<CredentialWait['kind'], ConnectionCause>;

function missingCertificate(facts: ConnectionFacts, now: Date): Diagnosis | undefined {
  const { wait } = facts;
  if (wait === undefined) return missingRights(facts);
  if (wait.kind === 'signature' && now.getTime() - wait.since.getTime() < SIGNER_PATIENCE_MS) return undefined;
  const { problem, next } = describeWait(wait);
  return { cause: WAIT_CAUSES[wait.kind], problem, next };
}

function missingRights({ phase, probe, cluster }: ConnectionFacts): Diagnosis | undefined {
  if (phase === 'joined' || probe?.kind !== 'answered' || probe.status !== 403) return undefined;
  return {
    cause: 'BootstrapRightsMissing',
    problem: `the bootstrap credential may not read the cluster ${cluster} on the hub (403)`,
    next: 'grant its user the role open-cluster-management:bootstrap on the hub',
  };
}

function missingAcceptance({ phase, probe, registered, cluster }: ConnectionFacts): Diagnosis | undefined {
  if (phase === 'bootstrap') return undefined;
  const status = probe?.kind === 'answered' ? probe.status : undefined;
  if (registered === 'deleted' || status === 404) {
    return {
      cause: 'ClusterDeleted',
      problem: `the ManagedCluster ${cluster} has been deleted on the hub`,
      next: 'create it again and accept it, or take the agent off this cluster',
    };
  }
  if (registered !== 'not-accepted' && status !== 403) return undefined;
  return {
    cause: 'ClusterNotAccepted',
    problem: `the hub does not accept the cluster ${cluster}`,
    next: `on the hub: kubectl patch managedcluster ${cluster} --type=merge -p '{"spec":{"hubAcceptsClient":true}}'`,
  };
}

function staleLease({ lease, graceMs, phase }: ConnectionFacts, now: Date): Diagnosis | undefined {
  const { renewed, problem } = lease ?? {};
  if (phase === 'bootstrap' || problem === undefined) return undefined;
  const ageMs = renewed === undefined ? Number.POSITIVE_INFINITY : now.getTime() - renewed.getTime();
  if (ageMs < graceMs / 5) return undefined;
  const since = renewed === undefined ? 'has never been renewed' : `has not been renewed since ${timestamp(renewed)}`;
  return {
    cause: 'LeaseStale',
    problem: `the lease of the cluster ${since}: ${problem}`,
    next: 'see that the registration controller runs on the hub: it makes the lease and the right to renew it',
  };
}
