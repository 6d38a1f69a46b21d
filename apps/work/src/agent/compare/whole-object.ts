import type { AnyObject } from '../manifest/any-object.ts';
import { type Comparison, type KindRules, SAME } from './comparison.ts';
import { hasSameFields } from './enforce-fields.ts';
import { mergeMetadata } from './merge-metadata.ts';

/** What holds for every kind without rules of its own (work 8.2): the manifest replaces the object, except metadata and status. */
export const wholeObjectRules: KindRules = {
  fits: () => true,
  compare: compareWholeObject,
  enforces: 'everything',
};

function compareWholeObject(required: AnyObject, live: AnyObject): Comparison {
  const metadata = mergeMetadata(live.metadata, required.metadata);
  const fields = new Set([...Object.keys(required), ...Object.keys(live)]);
  const content = [...fields].filter((field) => field !== 'metadata' && field !== 'status');
  if (metadata === live.metadata && hasSameFields(required, live, content)) return SAME;
  return { kind: 'replace', object: { ...required, metadata } };
}
