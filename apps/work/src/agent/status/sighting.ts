import type { ManifestResourceMeta, ManifestWork } from '@ocm/api';
import { asError } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import { idOf, kindOf } from '../manifest/resource-id.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { ABSENT, type Observation, UNKNOWN } from '../objects/observation.ts';
import { type Findings, hasRules } from './findings.ts';
import type { Inspected, Inspector } from './inspector.ts';

/** What the status of one manifest is made from. */
export type Sighting =
  | {
      readonly kind: 'present';
      readonly uid: string;
      /** When the manifest has rules. */
      readonly findings?: Findings;
    }
  | { readonly kind: 'absent' }
  /** The manifest does not say which object to look at. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'unreadable'; readonly error: Error };

export interface SightTools {
  readonly reader: ObjectReader;
  readonly inspector: Inspector;
  readonly signal: AbortSignal;
}

/** A manifest entry of a work, and what a pass has just seen of its object. */
export interface Subject {
  readonly work: ManifestWork;
  readonly meta: ManifestResourceMeta;
  readonly seen?: Observation;
}

/** Looks at the object of a manifest entry, and into it when the manifest has rules; what a pass has just seen is taken as it is. */
export async function sight(subject: Subject, tools: SightTools): Promise<Sighting> {
  const { meta } = subject;
  if (!meta.resource || !meta.version || !meta.name) return { kind: 'incomplete' };
  try {
    return await look(subject, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    return { kind: 'unreadable', error: asError(error) };
  }
}

async function look({ work, meta, seen = UNKNOWN }: Subject, tools: SightTools): Promise<Sighting> {
  const { name, generation = 0 } = work.metadata;
  const id = idOf(meta);
  const options = matchManifestConfig(work.spec?.manifestConfigs, id);
  if (!hasRules(options)) return present(await sightOutside(meta, seen, tools));
  return sightInside({ work: name, generation, id, options }, { meta, seen }, tools);
}

function sightOutside(meta: ManifestResourceMeta, seen: Observation, { reader, signal }: SightTools) {
  return seen.kind === 'unknown' ? reader.read(kindOf(meta), idOf(meta), { signal }) : Promise.resolve(seen);
}

async function sightInside(
  inspected: Inspected,
  { meta, seen }: { readonly meta: ManifestResourceMeta; readonly seen: Observation },
  { reader, inspector, signal }: SightTools,
): Promise<Sighting> {
  const { id } = inspected;
  const latest = seen.kind === 'unknown' ? (reader.recent(kindOf(meta), id) ?? UNKNOWN) : seen;
  if (latest.kind === 'absent') return ABSENT;
  const known = latest.kind === 'present' ? inspector.recall(inspected, latest) : undefined;
  if (latest.kind === 'present' && known !== undefined) return present(latest, known);
  const object = objectOf(latest) ?? (await reader.readObject(kindOf(meta), id, { signal }));
  if (object === undefined) return ABSENT;
  return present({ kind: 'present', uid: object.metadata.uid }, await inspector.inspect(inspected, object));
}

function objectOf(seen: Observation): AnyObject | undefined {
  return seen.kind === 'present' ? seen.object : undefined;
}

function present(
  seen: Pick<Observation, 'kind'> & { readonly uid?: string | undefined },
  findings?: Findings,
): Sighting {
  if (seen.kind !== 'present') return ABSENT;
  return { kind: 'present', uid: seen.uid ?? '', ...(findings === undefined ? {} : { findings }) };
}
