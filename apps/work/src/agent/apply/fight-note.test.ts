import { expect, test } from '@jest/globals';
import { parseManifest, resolveManifest, type ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { fightNote, type FoughtObject } from './fight-note.ts';

const NOW_MS = 1000;

function resolved(apiVersion: string, kind: string, spec: object): ResolvedManifest {
  const parsed = parseManifest({ apiVersion, kind, metadata: { name: 'x', namespace: 'n' }, spec }, 0);
  if (parsed.kind !== 'parsed') throw parsed.error;
  const resource = { ...parsed.gvk, plural: `${kind.toLowerCase()}s`, namespaced: true };
  const manifest = resolveManifest(parsed, { kind: 'served', resource });
  if (manifest.kind !== 'resolved') throw manifest.error;
  return manifest;
}

const fought: FoughtObject = {
  manifest: resolved('v1', 'ConfigMap', {}),
  fight: { heldUntilMs: NOW_MS + 1, rival: undefined },
  rivalWorks: [],
  nowMs: NOW_MS,
};
const job = resolved('batch/v1', 'Job', { ttlSecondsAfterFinished: 5 });

test.each<[string, Partial<FoughtObject>, string | undefined]>([
  ['another work', { rivalWorks: ['blue', 'red'] }, 'the work "blue", "red" keeps changing the object'],
  ['a manager, though a work lists it too', { fight: { heldUntilMs: 2000, rival: 'hpa' }, rivalWorks: ['blue'] }, 'the field manager "hpa" keeps changing'], // prettier-ignore
  ['nobody that is known', {}, 'somebody on the managed cluster keeps changing'],
  ['nobody yet', { fight: { heldUntilMs: 0, rival: undefined } }, undefined],
  ['a Job whose time is over', { manifest: job, fight: { heldUntilMs: 0, rival: undefined } }, 'the Job was made anew, because its own ttlSecondsAfterFinished has removed it'], // prettier-ignore
])('%s', (_title, over, note) => {
  const said = fightNote({ ...fought, ...over });
  expect(said?.slice(0, note?.length)).toBe(note);
});
