import type { Kind, ManifestResourceMeta } from '@ocm/api';
import type { GroupVersionKind } from '@ocm/kube';
import { type AnyObject, isJsonObject, type JsonObject } from './any-object.ts';
import type { ResourceId } from './resource-id.ts';

export type Manifest = ResolvedManifest | UnresolvedManifest;

/** A manifest that says which object it stands for. */
export interface ResolvedManifest {
  readonly kind: 'resolved';
  /** Index in the spec. */
  readonly ordinal: number;
  readonly kindName: string;
  readonly meta: ManifestResourceMeta;
  readonly id: ResourceId;
  readonly resource: Kind<AnyObject>;
  /** The content, without `metadata.uid`, and without a namespace when the kind has none. */
  readonly object: AnyObject;
}

/** A manifest of which nobody knows what it refers to: nothing may be considered stale because of it (work 7.10). */
export interface UnresolvedManifest {
  readonly kind: 'unresolved';
  readonly ordinal: number;
  /** `undefined` when the manifest is not parseable. */
  readonly kindName: string | undefined;
  readonly meta: ManifestResourceMeta;
  readonly error: Error;
}

/** What discovery said about a kind. */
export type KindLookup =
  | { readonly kind: 'served'; readonly resource: Kind }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: Error };

/** A manifest whose kind is known; discovery has not been asked yet. */
export interface ParsedManifest {
  readonly kind: 'parsed';
  readonly ordinal: number;
  readonly gvk: GroupVersionKind;
  readonly name: string;
  readonly namespace: string;
  readonly content: JsonObject;
}

/** First half of work 7.3: what a manifest says by itself. */
export function parseManifest(raw: unknown, ordinal: number): ParsedManifest | UnresolvedManifest {
  if (!isJsonObject(raw)) return unparseable(ordinal, 'it is not an object');
  const { apiVersion, kind, metadata = {} } = raw;
  if (typeof kind !== 'string' || kind === '') return unparseable(ordinal, "Object 'Kind' is missing");
  if (typeof apiVersion !== 'string' || !/^(?:[^/]+\/)?[^/]+$/.test(apiVersion)) {
    return unparseable(
      ordinal,
      `unexpected apiVersion ${JSON.stringify(apiVersion)}; allowed are VERSION and GROUP/VERSION`,
    );
  }
  if (!isJsonObject(metadata)) return unparseable(ordinal, 'metadata is not an object');
  const slash = apiVersion.indexOf('/');
  const gvk = { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
  return {
    kind: 'parsed',
    ordinal,
    gvk,
    name: text(metadata['name']),
    namespace: text(metadata['namespace']),
    content: raw,
  };
}

/** Second half of work 7.3: which object it stands for, given what discovery knows about its kind. */
export function resolveManifest(parsed: ParsedManifest, lookup: KindLookup): Manifest {
  const { ordinal, gvk, name, namespace } = parsed;
  const meta = { ordinal, ...gvk, resource: '', name, namespace };
  const unresolved = (error: Error): UnresolvedManifest => ({
    kind: 'unresolved',
    ordinal,
    kindName: gvk.kind,
    meta,
    error,
  });
  if (lookup.kind === 'failed') return unresolved(lookup.error);
  if (lookup.kind === 'unknown') {
    return unresolved(new Error(`the server doesn't have a resource type ${JSON.stringify(gvk.kind)}`));
  }
  if (name === '') return unresolved(new Error(`the manifest of kind ${gvk.kind} has no metadata.name`));
  const resource = lookup.resource as Kind<AnyObject>;
  if (resource.namespaced && namespace === '') {
    return unresolved(
      new Error(`${gvk.kind} ${JSON.stringify(name)} is namespaced, but the manifest has no metadata.namespace`),
    );
  }
  const id = { group: gvk.group, resource: resource.plural, namespace: resource.namespaced ? namespace : '', name };
  return {
    kind: 'resolved',
    ordinal,
    kindName: gvk.kind,
    meta: { ...meta, resource: id.resource, namespace: id.namespace },
    id,
    resource,
    object: cleaned(parsed.content, id),
  };
}

function cleaned(content: JsonObject, id: ResourceId): AnyObject {
  const { uid: _uid, namespace: _namespace, ...metadata } = content['metadata'] as JsonObject;
  const scope = id.namespace === '' ? {} : { namespace: id.namespace };
  return { ...content, metadata: { ...metadata, ...scope, name: id.name } };
}

function unparseable(ordinal: number, why: string): UnresolvedManifest {
  const error = new Error(`cannot parse the manifest: ${why}`);
  return { kind: 'unresolved', ordinal, kindName: undefined, meta: { ordinal }, error };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
