import { isJsonObject } from '../manifest/any-object.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import type { Fight } from './fights.ts';

export interface FoughtObject {
  readonly manifest: ResolvedManifest;
  readonly fight: Fight;
  /** Names of other works that list the object. */
  readonly rivalWorks: readonly string[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What the condition of a manifest says of a fight over its object, as far as it is certain who the other is. */
export function fightNote({ manifest, fight, rivalWorks, nowMs }: FoughtObject): string | undefined {
  const { rival, heldUntilMs } = fight;
  const works = rival === undefined ? rivalWorks : [];
  if (works.length > 0) return withAdvice(`the work ${works.map(quoted).join(', ')}`);
  if (rival === undefined && removesItself(manifest)) {
    return 'the Job was made anew, because its own ttlSecondsAfterFinished has removed it; give the manifest a condition rule Complete, or leave the field out';
  }
  if (heldUntilMs <= nowMs) return undefined;
  return withAdvice(rival === undefined ? 'somebody on the managed cluster' : `the field manager ${quoted(rival)}`);
}

function withAdvice(who: string): string {
  return `${who} keeps changing the object, so that it is corrected only now and then; only one of them should set its fields`;
}

function removesItself({ resource, object }: ResolvedManifest): boolean {
  const { spec } = object;
  const hasTtl = isJsonObject(spec) && spec['ttlSecondsAfterFinished'] !== undefined;
  return resource.group === 'batch' && resource.kind === 'Job' && hasTtl;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
