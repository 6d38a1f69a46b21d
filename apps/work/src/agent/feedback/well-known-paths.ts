/** A value by name, and where it is found. */
export interface NamedPath {
  readonly name: string;
  readonly path: string;
}

const conditionStatus = (type: string): string => `.status.conditions[?(@.type=="${type}")].status`;

/** The values of kinds that everybody asks for, by `apiVersion/kind` (work 11.3). */
export const wellKnownPaths: Readonly<Record<string, readonly NamedPath[]>> = {
  'apps/v1/Deployment': [
    { name: 'ReadyReplicas', path: '.status.readyReplicas' },
    { name: 'Replicas', path: '.status.replicas' },
    { name: 'AvailableReplicas', path: '.status.availableReplicas' },
  ],
  'apps/v1/DaemonSet': [
    { name: 'NumberReady', path: '.status.numberReady' },
    { name: 'DesiredNumberScheduled', path: '.status.desiredNumberScheduled' },
    { name: 'NumberAvailable', path: '.status.numberAvailable' },
  ],
  'batch/v1/Job': [
    { name: 'JobComplete', path: conditionStatus('Complete') },
    { name: 'JobSucceeded', path: '.status.succeeded' },
  ],
  'v1/Pod': [
    { name: 'PodReady', path: conditionStatus('Ready') },
    { name: 'PodPhase', path: '.status.phase' },
  ],
};
