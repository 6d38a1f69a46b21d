import type { Placement, PlacementSpec } from '@ocm/api';
import type { Logger } from '@ocm/kube';
import type { FullRequest, PlainAnswer } from '@ocm/service';
import { explainCluster } from '../explain/explain-cluster.ts';
import { explanationReport } from '../explain/explanation-report.ts';
import { availableClusters } from '../schedule/available-clusters.ts';
import { compileSpecInTurns } from '../schedule/compile-spec.ts';
import { kubernetesCel } from '../schedule/kubernetes-cel.ts';
import type { Authorize } from './authorize.ts';
import type { Caller } from './caller.ts';
import { decodePlacement } from './decode-placement.ts';
import type { HubView } from './hub-view.ts';
import { judgeAhead, type QuestionPace } from './judge-ahead.ts';
import { simulatePlacement } from './simulate-placement.ts';

export const DEBUG_PATH = '/debug/placements/';
const BODY_LIMIT_BYTES = 1_048_576;
/** For 10,000 clusters a spec with 200 parts; each answer takes some 100 bytes. */
const MOST_ANSWERS = 2_000_000;
/** Compiling a part takes no longer than looking at so many clusters. */
const COMPILED_AS = 100;

export interface DebugCollaborators {
  readonly view: Pick<HubView, 'findPlacement' | 'findScore' | 'worldOf'>;
  readonly authorize: Pick<Authorize, 'placements'>;
  readonly pace: QuestionPace;
  readonly log: Logger;
}

type DebugRequest = Pick<FullRequest, 'method' | 'path' | 'query' | 'readBody'>;

/** What is asked about, or the answer if there is nothing to look at. */
type Subject =
  | { readonly kind: 'placement'; readonly placement: Placement; readonly verb: 'get' | 'create' }
  | { readonly kind: 'refused'; readonly answer: PlainAnswer };

/** Simulates a stored Placement (GET) or one that is sent (POST), or explains one cluster of it (`?explain=`); writes nothing (placement 16.2 to 16.4). */
export async function answerDebugRequest(
  collaborators: DebugCollaborators,
  { request, caller }: { readonly request: DebugRequest; readonly caller: Caller },
  signal: AbortSignal,
): Promise<PlainAnswer> {
  const subject = await subjectOf(request, collaborators);
  if (subject.kind === 'refused') return subject.answer;
  const { placement, verb } = subject;
  const namespace = placement.metadata.namespace ?? '';
  try {
    const { allowed, reason } = await collaborators.authorize.placements(caller, { verb, namespace }, signal);
    if (!allowed) {
      return failure(403, `user does not have permission to ${verb} placements in namespace ${namespace}: ${reason}`);
    }
  } catch (error) {
    collaborators.log.error({ namespace, error }, 'access review for the debug server failed');
    return failure(500, `failed to check permissions: ${error instanceof Error ? error.message : String(error)}`);
  }
  return lookAt(placement, { ...collaborators, explained: request.query.get('explain') }, signal);
}

async function subjectOf(request: DebugRequest, { view }: DebugCollaborators): Promise<Subject> {
  switch (request.method) {
    case 'GET':
      return storedPlacement(request.path.slice(DEBUG_PATH.length), view);
    case 'POST':
      return sentPlacement(request);
    default:
      return refused(405, `method ${request.method} not allowed`);
  }
}

function storedPlacement(key: string, { findPlacement }: Pick<HubView, 'findPlacement'>): Subject {
  const [namespace = '', name = '', ...more] = key.split('/');
  if (more.length > 0) return refused(400, `unexpected key format: "${key}"`);
  if (namespace === '' || name === '') return refused(400, 'invalid debug path: namespace and name required');
  const placement = findPlacement({ namespace, name });
  if (placement === undefined) return refused(404, `placement '${name}' not found`);
  return { kind: 'placement', placement, verb: 'get' };
}

async function sentPlacement({ readBody }: DebugRequest): Promise<Subject> {
  const body = await readBody(BODY_LIMIT_BYTES);
  if (body.kind === 'too-large') return refused(400, `request body too large: at most ${BODY_LIMIT_BYTES} bytes`);
  if (body.kind === 'failed') return refused(400, 'failed to read request body');
  const decoded = decodePlacement(body.text);
  if (decoded.kind === 'malformed') return refused(400, `failed to unmarshal placement JSON: ${decoded.problem}`);
  return { kind: 'placement', placement: decoded.placement, verb: 'create' };
}

/** @param explained name of a cluster, or `null` for a simulation */
async function lookAt(
  placement: Placement,
  { view, pace, explained }: Pick<DebugCollaborators, 'view' | 'pace'> & { readonly explained: string | null },
  signal: AbortSignal,
): Promise<PlainAnswer> {
  if (explained === '') return failure(400, 'explain: name of a ManagedCluster required');
  const seen = availableClusters(placement.spec.clusterSets, view.worldOf(placement));
  const clusters = seen.kind === 'failed' ? [] : seen.clusters;
  const parts = partsOf(placement.spec, { hasGroups: explained !== null });
  if (parts * Math.max(clusters.length, COMPILED_AS) > MOST_ANSWERS) {
    return failure(400, `too much to work out: ${parts} parts of the spec for each of ${clusters.length} clusters`);
  }
  // Compiled anew each time: what strangers send must not stay in memory.
  const { predicates, ...rest } = await compileSpecInTurns(placement.spec, kubernetesCel(view.findScore), {
    turns: pace.turns,
    signal,
  });
  const judged =
    predicates.kind === 'compiled' ? await judgeAhead(predicates, clusters, { ...pace, signal }) : predicates;
  if (judged === undefined) return failure(500, 'given up after 10 s of work: the CEL expressions take too long');
  const compiled = { ...rest, predicates: judged };
  // What has changed while clusters were judged counts: from here on nothing else runs.
  const world = view.worldOf(placement);
  if (explained !== null) {
    const explanation = explainCluster({ placement, compiled, cluster: explained }, world);
    return json(200, explanationReport({ placement, cluster: explained }, explanation));
  }
  const simulation = simulatePlacement(placement, compiled, world);
  return simulation.kind === 'simulated' ? json(200, simulation.report) : failure(500, simulation.message);
}

/** How many things of a spec have to be worked out, or said, for each cluster; a simulation makes no groups (placement 16.2). */
function partsOf(
  { predicates, tolerations, prioritizerPolicy, decisionStrategy }: PlacementSpec,
  { hasGroups }: { readonly hasGroups: boolean },
): number {
  const expressions = (predicates ?? []).flatMap(
    ({ requiredClusterSelector }) => requiredClusterSelector?.celSelector?.celExpressions ?? [],
  );
  const lists = [
    expressions,
    predicates,
    tolerations,
    prioritizerPolicy?.configurations,
    hasGroups ? decisionStrategy?.groupStrategy?.decisionGroups : [],
  ];
  return lists.reduce((count, list) => count + (list?.length ?? 0), 0);
}

function refused(status: number, text: string): Subject {
  return { kind: 'refused', answer: failure(status, text) };
}

function failure(status: number, error: string): PlainAnswer {
  return json(status, { error });
}

function json(status: number, body: object): PlainAnswer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
