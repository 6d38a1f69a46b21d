import { builtInClusterSets, dnsLabelProblem, labels, type ManagedCluster, virtualResources } from '@ocm/api';
import type { Judgement, Question } from './judgement.ts';

export interface JudgeClusterOptions {
  /** Name of the requester, for messages. */
  readonly user: string;
  /** Gate DefaultClusterSet. */
  readonly defaultSet: boolean;
}

/** Whether a ManagedCluster may be created (`previous` absent) or updated like this (registration 22.2). */
export function judgeCluster(
  next: ManagedCluster,
  previous: ManagedCluster | undefined,
  options: JudgeClusterOptions,
): Judgement {
  const problems = [...nameProblems(next, previous), ...urlProblems(next, previous)];
  if (problems.length > 0) return { kind: 'refuse', code: 400, message: problems.join('\n') };
  return {
    kind: 'ask',
    questions: [...aboutAcceptance(next, previous, options), ...aboutSets(next, previous, options)],
  };
}

function nameProblems({ metadata, spec }: ManagedCluster, previous: ManagedCluster | undefined): readonly string[] {
  // A cluster of older days with a bad name must still be able to lose its finalizers.
  if (previous !== undefined && (spec?.managedClusterClientConfigs ?? []).length === 0) return [];
  const problem = dnsLabelProblem(metadata.name);
  return problem === undefined ? [] : [`metadata.name format is not correct: ${problem}`];
}

function urlProblems(next: ManagedCluster, previous: ManagedCluster | undefined): readonly string[] {
  // What is stored stays as it is: it must not stand in the way of an update that does not touch it.
  const stored = urlsOf(previous);
  return urlsOf(next)
    .filter((url) => !isHttps(url) && !stored.includes(url))
    .map((url) => `url "${url}" is invalid in client configs`);
}

function urlsOf(cluster: ManagedCluster | undefined): readonly string[] {
  return (cluster?.spec?.managedClusterClientConfigs ?? []).map(({ url }) => url);
}

function isHttps(url: string): boolean {
  // The parser would drop these without a word; whoever reads the URL later may not.
  const isPadded = /^ |\p{Cc}| $/u.test(url);
  return !isPadded && URL.parse(url)?.protocol === 'https:';
}

function aboutAcceptance(
  next: ManagedCluster,
  previous: ManagedCluster | undefined,
  { user }: JudgeClusterOptions,
): readonly Question[] {
  if (!isAccepted(next) || isAccepted(previous)) return [];
  const { name } = next.metadata;
  return [
    { kind: 'namespace-is-not-terminating', namespace: name },
    {
      kind: 'requester-may',
      resource: { ...virtualResources.acceptCluster, name },
      refusal: `user "${user}" cannot update the HubAcceptsClient field`,
    },
  ];
}

function isAccepted(cluster: ManagedCluster | undefined): boolean {
  return cluster?.spec?.hubAcceptsClient === true;
}

function aboutSets(
  next: ManagedCluster,
  previous: ManagedCluster | undefined,
  { user, defaultSet }: JudgeClusterOptions,
): readonly Question[] {
  const [left, joined] = [setOf(previous), setOf(next)];
  if (left === joined) return [];
  // The hub itself puts a cluster that has no set into the default one at its next update, whatever that is about. To ask the requester
  // for a right then would stop its agent, and the hub's own controllers.
  if (defaultSet && previous !== undefined && left === '' && joined === builtInClusterSets.default) return [];
  return [left, joined]
    .filter((set) => set !== '')
    .map((set) => ({
      kind: 'requester-may',
      resource: { ...virtualResources.joinClusterSet, name: set },
      refusal: `user "${user}" cannot add/remove a ManagedCluster to/from ManagedClusterSet "${set}"`,
    }));
}

function setOf(cluster: ManagedCluster | undefined): string {
  return cluster?.metadata.labels?.[labels.clusterSet] ?? '';
}
