import type { HealthCheck, OwnGauge } from '@ocm/service';
import { connectionCauses, type Diagnosis } from './diagnose.ts';

/** What a process tells about the connection to the hub: in its verbose health answer and in its metrics. */
export interface ConnectionReport {
  /** Never unhealthy: a restart mends none of the causes. */
  readonly check: HealthCheck;
  readonly gauges: readonly OwnGauge[];
  diagnosis(): Diagnosis | undefined;
  setDiagnosis(diagnosis: Diagnosis | undefined): void;
  /** End of the client certificate in use. */
  setExpires(expires: Date): void;
}

export function createConnectionReport(): ConnectionReport {
  let current: Diagnosis | undefined;
  let certificateExpires: Date | undefined;
  return {
    check: {
      name: 'hub-connection',
      check: () => undefined,
      note: () => (current === undefined ? undefined : `${current.cause}: ${current.problem}. Next: ${current.next}`),
    },
    gauges: [
      {
        name: 'registration_agent_connection_problem',
        help: 'The first cause that keeps the agent from its hub: 1 for that cause, 0 for all others',
        label: 'cause',
        read: () => connectionCauses.map((value) => ({ value, number: current?.cause === value ? 1 : 0 })),
      },
      {
        name: 'registration_agent_client_certificate_expiration_timestamp_seconds',
        help: 'End of the client certificate for the hub, in seconds since the epoch',
        read: () => (certificateExpires === undefined ? [] : [{ number: certificateExpires.getTime() / 1000 }]),
      },
    ],
    diagnosis: () => current,
    setDiagnosis(diagnosis) {
      current = diagnosis;
    },
    setExpires(expires) {
      certificateExpires = expires;
    },
  };
}
