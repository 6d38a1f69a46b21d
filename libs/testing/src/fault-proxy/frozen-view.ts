import { statusBody } from './faults.ts';
import { type Matcher, matches } from './matcher.ts';
import type { RequestInfo } from './request-info.ts';

/** Reads answered as of one moment. Objects are not copied: the API server still knows every revision since (5 min). */
export interface FrozenView {
  readonly resourceVersion: string;
  readonly when: Matcher;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface ObjectList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly object[];
}

/** Whether the request is a get or a list that the view answers. */
export function isFrozenRead(view: FrozenView | undefined, info: RequestInfo): view is FrozenView {
  const isObject = info.resource !== '' && !info.resource.includes('/');
  return view !== undefined && isObject && ['get', 'list'].includes(info.verb) && matches(view.when, info);
}

/** Whether the request is a watch that begins with all objects: it would show those of today, so the client has to list instead. */
export function isStreamedRead(view: FrozenView | undefined, info: RequestInfo): boolean {
  if (view === undefined || info.verb !== 'watch' || !matches(view.when, info)) return false;
  return new URL(info.path, 'https://localhost').searchParams.get('sendInitialEvents') === 'true';
}

/** The path of a list that returns what the get or list would have returned at the view's moment. */
export function pathAsOf(view: FrozenView, info: RequestInfo): string {
  const url = new URL(info.path, 'https://localhost');
  if (info.verb === 'get') {
    url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf('/'));
    url.searchParams.set('fieldSelector', `metadata.name=${info.name}`);
  }
  // A continue token has its moment inside and does not go with another.
  if (!url.searchParams.has('continue')) {
    url.searchParams.set('resourceVersion', view.resourceVersion);
    url.searchParams.set('resourceVersionMatch', 'Exact');
  }
  return `${url.pathname}${url.search}`;
}

/** The answer of the original request, made from that list's. */
export function answerAsOf(info: RequestInfo, { status, body }: JsonAnswer): JsonAnswer {
  if (info.verb === 'list' || status !== 200) return { status, body };
  const { kind, apiVersion, items } = body as ObjectList;
  const [object] = items;
  if (object === undefined) return { status: 404, body: statusBody(404, {}) };
  return { status, body: { kind: kind.replace(/List$/, ''), apiVersion, ...object } };
}
