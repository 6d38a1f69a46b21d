import { clusterConditions, findCondition, isConditionTrue, type ManagedCluster } from '@ocm/api';
import { type Clock, isKubeError, type Logger } from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import { leaseDurationMs } from '../lease/lease-target.ts';
import type { HubProbe, JoinedHub, RegistrationDriver } from '../registration-driver.ts';
import type { ConnectionJournal } from './connection-journal.ts';
import type { ConnectionReport } from './connection-report.ts';
import { type ConnectionFacts, diagnose, type Diagnosis, type ProbeOutcome } from './diagnose.ts';

export interface ConnectionContext {
  readonly cluster: string;
  readonly journal: ConnectionJournal;
  readonly report: ConnectionReport;
  readonly driver: Pick<RegistrationDriver, 'channel'>;
  readonly probe: HubProbe;
  /** Absent while the agent bootstraps. */
  readonly ownCluster?: JoinedHub['ownCluster'];
  readonly intervals: Pick<AgentIntervals, 'diagnosisMs'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const GRACE_DURATIONS = 5;

/** Keeps saying what is wrong between agent and hub. While all goes well it asks nobody anything. */
export async function followConnection(context: ConnectionContext, signal: AbortSignal): Promise<void> {
  const { journal, report, probe, clock, intervals } = context;
  while (!signal.aborted) {
    const facts = factsOf(context);
    const answer = isSuspicious(facts) ? await ask(probe, clock, signal) : undefined;
    if (signal.aborted) return;
    if (journal.certificateExpires !== undefined) report.setExpires(journal.certificateExpires);
    tell(context, diagnose({ ...facts, probe: answer }, clock.now()));
    await journal.news.wait(intervals.diagnosisMs, signal);
  }
}

function factsOf({ cluster, journal, driver, ownCluster }: ConnectionContext): Omit<ConnectionFacts, 'probe'> {
  const { wait, certificateExpires } = journal;
  const { channel } = driver;
  if (ownCluster === undefined) {
    const unknown = { registered: undefined, clockDisputed: false, lease: undefined };
    const graceMs = GRACE_DURATIONS * leaseDurationMs(undefined);
    return { cluster, phase: 'bootstrap', channel, certificateExpires, wait: wait?.for, graceMs, ...unknown };
  }
  const own = ownCluster.get(cluster);
  const clockSynced = findCondition(own?.status?.conditions, clusterConditions.clockSynced.type);
  return {
    cluster,
    phase: 'joined',
    channel,
    certificateExpires,
    // A renewal that waits is a problem only when time runs out.
    wait: wait?.pressing === true ? wait.for : undefined,
    registered: ownCluster.synced ? stateOf(own) : undefined,
    clockDisputed: clockSynced?.status === 'False',
    lease: journal.lease,
    graceMs: GRACE_DURATIONS * leaseDurationMs(own),
  };
}

function stateOf(own: ManagedCluster | undefined): ConnectionFacts['registered'] {
  if (own === undefined) return 'deleted';
  return isConditionTrue(own.status?.conditions, clusterConditions.hubAccepted.type) ? 'accepted' : 'not-accepted';
}

function isSuspicious({ phase, lease, registered, clockDisputed, wait }: Omit<ConnectionFacts, 'probe'>): boolean {
  if (phase === 'bootstrap' || registered !== 'accepted') return true;
  const isBeating = lease?.renewed !== undefined && lease.problem === undefined;
  return !isBeating || clockDisputed || wait !== undefined;
}

async function ask(probe: HubProbe, clock: Pick<Clock, 'now'>, signal: AbortSignal): Promise<ProbeOutcome> {
  try {
    const { status, hubTime } = await probe(signal);
    const skewMs = hubTime === undefined ? undefined : clock.now().getTime() - hubTime.getTime();
    return { kind: 'answered', status, skewMs };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: isKubeError(error, 'untrusted') ? 'untrusted' : 'unreachable', problem };
  }
}

function tell({ report, cluster, log }: ConnectionContext, diagnosis: Diagnosis | undefined): void {
  const before = report.diagnosis();
  report.setDiagnosis(diagnosis);
  if (before?.cause === diagnosis?.cause) return;
  if (diagnosis === undefined) log.info({ cluster }, 'the connection to the hub is as it should be');
  else log.warn({ cluster, ...diagnosis }, 'something keeps the agent from its hub');
}
