import {
  type CertificateSigningRequest,
  clusterConditions,
  type Condition,
  type ConditionUpdate,
  findCondition,
  isDeleting,
  type Lease,
  type ManagedCluster,
  timestamp,
} from '@ocm/api';
import { leaseGraceMs } from '../lease/lease-grace.ts';
import { judgeRequest } from './judge-request.ts';

export type ConnectionVerdict =
  | { readonly kind: 'keep' }
  /** There is nothing to say now; after this time there may be, without any event. */
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'say'; readonly condition: ConditionUpdate };

/** What the hub knows about the connection to an agent. */
export interface ConnectionFacts {
  readonly cluster: ManagedCluster;
  readonly lease: Lease | undefined;
  /** The latest request for the certificate of the agent; of its content only the outcome is looked at. */
  readonly request: CertificateSigningRequest | undefined;
  readonly now: Date;
  /** How long joining may take until it counts as stuck. */
  readonly patienceMs: number;
  /** Clusters that the hub itself has yet to let in. */
  readonly undecided: number;
}

/** With more clusters than these at the door, letting them in comes before saying why others stay away. */
const CROWD = 16;

const {
  available,
  connectionDiagnosed: cause,
  hubAccepted,
  clockSynced,
  certificateRotated,
  joined,
} = clusterConditions;

/** The first cause, in the order in which a cluster joins and stays, why the hub has no word of an agent. */
export function judgeConnection(facts: ConnectionFacts): ConnectionVerdict {
  const verdict = diagnose(facts);
  return verdict.kind === 'say' && facts.undecided > CROWD ? { kind: 'wait', forMs: facts.patienceMs } : verdict;
}

function diagnose(facts: ConnectionFacts): ConnectionVerdict {
  const { cluster, now, patienceMs } = facts;
  if (isDeleting(cluster) || isAboutToBeAccepted(cluster)) return { kind: 'keep' };
  const present = conditionOf(cluster, cause.type);
  const availability = conditionOf(cluster, available.type)?.status ?? 'missing';
  if (availability === 'True' || availability === 'False') {
    // What has never been diagnosed need not be taken back.
    return present === undefined ? { kind: 'keep' } : say(present, cause.connected);
  }
  const leftMs = availability === 'missing' ? lastStepMs(facts) + patienceMs - now.getTime() : 0;
  return leftMs > 0 ? { kind: 'wait', forMs: leftMs } : sayWhy(present, facts);
}

function sayWhy(present: Condition | undefined, facts: ConnectionFacts): ConnectionVerdict {
  const verdict = say(present, firstCause(facts));
  const turnMs = nextTurnMs(facts);
  return verdict.kind === 'keep' && turnMs !== undefined ? { kind: 'wait', forMs: turnMs } : verdict;
}

/** How long until another cause holds although nothing happens: the certificate ends, or the lease does. */
function nextTurnMs({ cluster, lease, now }: ConnectionFacts): number | undefined {
  const ends = [certificateEnd(cluster)?.getTime(), leaseEndMs(cluster, lease)];
  const leftMs = ends.map((endMs) => (endMs ?? Number.NaN) - now.getTime()).filter((ms) => ms > 0);
  return leftMs.length === 0 ? undefined : Math.min(...leftMs);
}

/** While the hub itself has yet to let it in there is nothing to diagnose; its decision comes as an event. */
export function isAboutToBeAccepted(cluster: ManagedCluster): boolean {
  return cluster.spec?.hubAcceptsClient === true && conditionOf(cluster, hubAccepted.type) === undefined;
}

/** The clock of an agent drifts; a message that follows it would be written at every heartbeat. */
function say(present: Condition | undefined, next: ConditionUpdate): ConnectionVerdict {
  const isSaid =
    present?.reason === next.reason &&
    present.status === next.status &&
    (present.message === next.message || next.reason === cause.clockOutOfSync.reason);
  return isSaid ? { kind: 'keep' } : { kind: 'say', condition: next };
}

/** When the cluster last came a step further. */
function lastStepMs({ cluster, request }: ConnectionFacts): number {
  const steps = [
    cluster.metadata.creationTimestamp,
    conditionOf(cluster, hubAccepted.type)?.lastTransitionTime,
    request?.metadata.creationTimestamp,
    ...(request?.status?.conditions ?? []).map(({ lastUpdateTime }) => lastUpdateTime),
  ];
  return Math.max(...steps.map((step) => Date.parse(step ?? '') || 0));
}

function firstCause(facts: ConnectionFacts): ConditionUpdate {
  return causeInAcceptance(facts) ?? causeInClock(facts) ?? causeInCertificate(facts) ?? causeInHeartbeat(facts);
}

function causeInAcceptance({ cluster, request }: ConnectionFacts): ConditionUpdate | undefined {
  const { name } = cluster.metadata;
  const isWanted = cluster.spec?.hubAcceptsClient === true;
  const decision = conditionOf(cluster, hubAccepted.type);
  const accept = `kubectl patch managedcluster ${name} --type=merge -p '{"spec":{"hubAcceptsClient":true}}'`;
  if (!isWanted && decision !== undefined) {
    return { ...cause.denied, message: `The hub has denied the cluster. To let it back: ${accept}` };
  }
  const problem = request === undefined ? undefined : judgeRequest(request);
  if (problem !== undefined) return problem;
  if (!isWanted)
    return { ...cause.notAccepted, message: `Nobody has accepted cluster ${name}. To accept it: ${accept}` };
  if (decision?.status !== 'False') return undefined;
  const next =
    'Remove what stands in the way, or give the registration controller the right that it lacks; it goes on by itself.';
  const said = decision.message.slice(0, MAX_QUOTE_LENGTH);
  return {
    ...cause.permissionsIncomplete,
    message: `The permissions of the cluster are incomplete: ${said}\n${next}`,
  };
}

function causeInClock({ cluster, lease, now }: ConnectionFacts): ConditionUpdate | undefined {
  if (conditionOf(cluster, clockSynced.type)?.status !== 'False') return undefined;
  const renewedMs = Date.parse(lease?.spec?.renewTime ?? '');
  const seconds = Math.round((renewedMs - now.getTime()) / 1000);
  const off = Number.isNaN(seconds) ? 'off' : `about ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
  const message = `The clock of the managed cluster is ${off}, and its agent reports nothing until that is corrected. Check its time service (NTP).`;
  return { ...cause.clockOutOfSync, message };
}

function causeInCertificate({ cluster, now }: ConnectionFacts): ConditionUpdate | undefined {
  const expires = certificateEnd(cluster);
  if (expires === undefined || expires > now) return undefined;
  const message = `The last certificate that the agent has reported expired at ${timestamp(expires)}. It asks for a new one with its bootstrap kubeconfig: check that this is still valid, then approve the request.`;
  return { ...cause.certificateExpired, message };
}

/** The agent says in its own condition until when its certificate holds. */
function certificateEnd(cluster: ManagedCluster): Date | undefined {
  const rotated = conditionOf(cluster, certificateRotated.type);
  const [, date, time] = / to (\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(rotated?.message ?? '') ?? [];
  const end = new Date(`${date}T${time}Z`);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

function causeInHeartbeat({ cluster, lease, now }: ConnectionFacts): ConditionUpdate {
  const renewTime = lease?.spec?.renewTime;
  const where =
    'Is it running, and can it reach this hub? Its /healthz?verbose and its log tell the cause on its side.';
  const hasJoined = conditionOf(cluster, joined.type)?.status === 'True';
  if (!hasJoined || renewTime === undefined) {
    return { ...cause.neverHeardOf, message: `The agent has never reported to this hub. ${where}` };
  }
  if (now.getTime() < leaseEndMs(cluster, lease)) {
    const message = 'The agent renews its lease but reports no status. Its log tells why.';
    return { ...cause.noReport, message };
  }
  return {
    ...cause.heartbeatStopped,
    message: `The agent has not renewed its lease since ${timestamp(new Date(renewTime))}. ${where}`,
  };
}

/** Until when the last renewal holds; not a number without one. */
function leaseEndMs(cluster: ManagedCluster, lease: Lease | undefined): number {
  return Date.parse(lease?.spec?.renewTime ?? '') + leaseGraceMs(cluster);
}

function conditionOf({ status }: ManagedCluster, type: string): Condition | undefined {
  return findCondition(status?.conditions, type);
}

/** The message as a whole must be one that the API takes. */
const MAX_QUOTE_LENGTH = 30_000;
