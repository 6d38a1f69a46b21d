import { dnsLabelProblem, type ManifestWork, type ObjectMeta } from '@ocm/api';
import { labelKeyProblem, labelValueProblem } from '@ocm/fleet';
import { checkManifests } from '../bundle.ts';
import { EventError } from '../event.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;
const MOST_ANNOTATIONS_BYTES = 256 * 1024;

/**
 * What an API server would have against a work, and what every agent has (cloudevents-grpc 5.2, 9.8); empty when it may be sent. No API server
 * stands between a source and its agents.
 */
export function workProblems({ metadata, spec }: ManifestWork): readonly string[] {
  return [...nameProblems(metadata), ...labelProblems(metadata), ...manifestProblems(spec)];
}

function nameProblems({ name, namespace = '' }: ObjectMeta): readonly string[] {
  const namespaceProblem = dnsLabelProblem(namespace);
  const isName = name.length <= LONGEST_NAME && NAME.test(name);
  return [
    ...(isName
      ? []
      : [`metadata.name: "${name.slice(0, LONGEST_NAME)}" is no DNS subdomain of at most 253 characters`]),
    ...(namespaceProblem === undefined
      ? []
      : [`metadata.namespace: ${namespaceProblem}; it is the name of the cluster`]),
  ];
}

function labelProblems({ labels = {}, annotations = {} }: ObjectMeta): readonly string[] {
  const ofLabels = Object.entries(labels).flatMap(([key, value]) => {
    const problem = labelKeyProblem(key) ?? labelValueProblem(value);
    return problem === undefined ? [] : [`metadata.labels: ${key}=${value}: ${problem}`];
  });
  const ofAnnotations = Object.keys(annotations).flatMap((key) => {
    const problem = labelKeyProblem(key);
    return problem === undefined ? [] : [`metadata.annotations: ${key}: ${problem}`];
  });
  const bytes = Buffer.byteLength(JSON.stringify(annotations));
  const tooMuch =
    bytes > MOST_ANNOTATIONS_BYTES
      ? [`metadata.annotations: ${bytes} bytes; allowed are ${MOST_ANNOTATIONS_BYTES}`]
      : [];
  return [...ofLabels, ...ofAnnotations, ...tooMuch];
}

function manifestProblems(spec: ManifestWork['spec']): readonly string[] {
  try {
    checkManifests(spec?.workload?.manifests ?? []);
    return [];
  } catch (error) {
    if (error instanceof EventError) return [`spec.workload: ${error.message}`];
    throw error;
  }
}
