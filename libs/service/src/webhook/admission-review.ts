import type { KubeObject, UserInfo } from '@ocm/api';

/** What the API server asks an admission webhook (admission.k8s.io/v1 AdmissionRequest). */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource?: string;
  /** Empty when the name is still to be made from `generateName`. */
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly userInfo: UserInfo;
  /** The new object; absent on DELETE. As it came from outside: nothing in it is checked yet. */
  readonly object?: KubeObject;
  /** The stored object; absent on CREATE. */
  readonly oldObject?: KubeObject;
  readonly dryRun?: boolean;
}

/** One step of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What a webhook says. `warnings` are shown to the user by kubectl. */
export type AdmissionVerdict =
  | { readonly kind: 'allow'; readonly warnings?: readonly string[] }
  /** Allow it, changed. An empty patch changes nothing. */
  | { readonly kind: 'patch'; readonly operations: readonly PatchOperation[]; readonly warnings?: readonly string[] }
  /** Refuse it. The user reads the message behind the name of the webhook. */
  | { readonly kind: 'deny'; readonly code: 400 | 403; readonly message: string };

/** An AdmissionReview as it travels, v1 or v1beta1. */
export interface AdmissionReview {
  readonly apiVersion: string;
  readonly request: AdmissionRequest;
}

const API_VERSIONS: readonly string[] = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'];
const OPERATIONS: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/**
 * Checks the envelope of a request body: version, uid, operation, user, and that the objects are objects.
 *
 * @returns the review, or what is wrong with the body
 */
export function decodeAdmissionReview(
  body: unknown,
):
  | { readonly kind: 'review'; readonly review: AdmissionReview }
  | { readonly kind: 'malformed'; readonly problem: string } {
  const problem = complain(body);
  // The complaint has looked at everything that the type promises and that code relies on.
  return problem === undefined ? { kind: 'review', review: body as AdmissionReview } : { kind: 'malformed', problem };
}

function complain(body: unknown): string | undefined {
  if (!isRecord(body) || body['kind'] !== 'AdmissionReview') return 'the body must be an AdmissionReview';
  const { apiVersion, request } = body;
  if (typeof apiVersion !== 'string' || !API_VERSIONS.includes(apiVersion)) {
    return `apiVersion must be one of ${API_VERSIONS.join(', ')}`;
  }
  if (!isRecord(request)) return 'request must be an object';
  return complainAboutRequest(request);
}

function complainAboutRequest(request: Readonly<Record<string, unknown>>): string | undefined {
  const { uid, operation, userInfo } = request;
  if (typeof uid !== 'string' || uid === '') return 'request.uid must be a text';
  if (typeof operation !== 'string' || !OPERATIONS.includes(operation)) {
    return `request.operation must be one of ${OPERATIONS.join(', ')}`;
  }
  if (!isRecord(userInfo)) return 'request.userInfo must be an object';
  if (!isRecord(request['kind']) || !isRecord(request['resource'])) return 'request.kind and .resource must be objects';
  const bad = ['object', 'oldObject'].find((member) => !isAbsentOrObject(request[member]));
  return bad === undefined ? undefined : `request.${bad} must be an object with metadata`;
}

function isAbsentOrObject(value: unknown): boolean {
  return value === undefined || value === null || (isRecord(value) && isRecord(value['metadata']));
}

/** The AdmissionReview to send back, in the version that asked. */
export function encodeAdmissionReview({ apiVersion, request }: AdmissionReview, verdict: AdmissionVerdict): object {
  return { apiVersion, kind: 'AdmissionReview', response: { uid: request.uid, ...encodeVerdict(verdict) } };
}

const REASONS = { 400: 'BadRequest', 403: 'Forbidden' } as const;

function encodeVerdict(verdict: AdmissionVerdict): object {
  switch (verdict.kind) {
    case 'allow':
      return { allowed: true, ...warningsOf(verdict.warnings) };
    case 'patch':
      return { allowed: true, ...patchOf(verdict.operations), ...warningsOf(verdict.warnings) };
    case 'deny': {
      const { code, message } = verdict;
      return { allowed: false, status: { status: 'Failure', code, reason: REASONS[code], message, metadata: {} } };
    }
    default:
      return unreachable(verdict);
  }
}

function patchOf(operations: readonly PatchOperation[]): object {
  if (operations.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
}

function warningsOf(warnings: readonly string[] = []): object {
  return warnings.length === 0 ? {} : { warnings };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreachable(verdict: never): never {
  throw new TypeError(`unknown verdict ${JSON.stringify(verdict)}`);
}
