import { apiVersionOf, type Kind, type KubeObject, type ObjectReference, Placement, PlacementDecision } from '@ocm/api';
import type { EventReport } from '@ocm/kube';
import type { Verdict } from '../schedule/verdict.ts';

/** What happened to a slice. */
export type SliceNews = 'created' | 'updated' | 'deleted';

const REASONS = {
  created: { reason: 'DecisionCreate', action: 'DecisionCreated' },
  updated: { reason: 'DecisionUpdate', action: 'DecisionUpdated' },
  deleted: { reason: 'DecisionDelete', action: 'DecisionDeleted' },
} as const;

/** The event of a write to a slice (placement 12); an update made with a warning says so. */
export function decisionEvent(
  placement: Placement,
  { news, slice, verdict }: { readonly news: SliceNews; readonly slice: PlacementDecision; readonly verdict: Verdict },
): EventReport {
  const { name, namespace = '' } = placement.metadata;
  const isWarning = news === 'updated' && verdict.kind === 'warning';
  const note = `Decision ${slice.metadata.name} is ${news} with placement ${name} in namespace ${namespace}`;
  return {
    ...about(placement, slice),
    ...REASONS[news],
    type: isWarning ? 'Warning' : 'Normal',
    note: isWarning ? `${note}: ${verdict.message} in plugin ${verdict.plugin}` : note,
  };
}

/** The event that lists the scores behind an update; `undefined` when there are none. */
export function scoreEvent(
  placement: Placement,
  { slice, note }: { readonly slice: PlacementDecision; readonly note: string },
): EventReport | undefined {
  if (note === '') return undefined;
  return { ...about(placement, slice), reason: 'ScoreUpdate', action: 'ScoreUpdated', type: 'Normal', note };
}

function about(
  placement: Placement,
  slice: PlacementDecision,
): Pick<EventReport, 'namespace' | 'regarding' | 'related'> {
  const { namespace = '' } = placement.metadata;
  return { namespace, regarding: referenceTo(Placement, placement), related: referenceTo(PlacementDecision, slice) };
}

function referenceTo<T extends KubeObject>(kind: Kind<T>, { metadata }: T): ObjectReference {
  const { name, namespace = '', uid, resourceVersion } = metadata;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    namespace,
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}
