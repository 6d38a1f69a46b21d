import type { ManifestWork } from '@ocm/api';

/** Name of the ManifestWork that the demo creates in each cluster's namespace. */
export const HELLO_WORK = 'hello';
/** Namespace that the work creates on each managed cluster. */
export const HELLO_NAMESPACE = 'hello';

/** A namespace, a ConfigMap, a Deployment and a Service, as one ManifestWork for the given cluster. */
export function helloWork(cluster: string): ManifestWork {
  const labels = { app: 'hello' };
  const metadata = { name: 'hello', namespace: HELLO_NAMESPACE };
  return {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: HELLO_WORK, namespace: cluster },
    spec: {
      workload: {
        manifests: [
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HELLO_NAMESPACE } },
          { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { greeting: `Hello from the hub to ${cluster}` } },
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata,
            spec: {
              replicas: 1,
              selector: { matchLabels: labels },
              template: {
                metadata: { labels },
                spec: { containers: [{ name: 'hello', image: 'registry.k8s.io/pause:3.10' }] },
              },
            },
          },
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata,
            spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
          },
        ],
      },
    },
  };
}
