import { annotationPrefixes, type ObjectMeta } from '@ocm/api';
import { type AttributeValue, type CloudEvent, EventError, stringAttribute } from './event.ts';
import { parseJsonObject } from './json-object.ts';
import { findString } from './read-extension.ts';

/** Names of the extension attributes (cloudevents-grpc 4.3). */
export const extensions = {
  clusterName: 'clustername',
  originalSource: 'originalsource',
  resourceId: 'resourceid',
  resourceVersion: 'resourceversion',
  deletionTimestamp: 'deletiontimestamp',
  sequenceId: 'sequenceid',
  statusHash: 'statushash',
  metadata: 'metadata',
  logTracing: 'logtracing',
} as const;

/** Metadata and tracing of a work as extension attributes, the same on the way down and up. */
export function metadataExtensions(metadata: ObjectMeta): readonly (readonly [string, AttributeValue])[] {
  const tracing = Object.entries(metadata.annotations ?? {}).filter(([key]) =>
    key.startsWith(annotationPrefixes.logging),
  );
  return [
    [extensions.metadata, stringAttribute(JSON.stringify(metadata))],
    [extensions.logTracing, stringAttribute(JSON.stringify(Object.fromEntries(tracing)))],
  ];
}

/**
 * The metadata that an event carries, with its tracing keys among the annotations; empty when it carries none.
 *
 * @throws EventError when one of the two is no JSON object of the expected form
 */
export function metadataOf(event: Pick<CloudEvent, 'extensions'>): Partial<ObjectMeta> {
  const metadata = checkedMetadata(
    jsonObject(event, extensions.metadata),
    `extension attribute ${extensions.metadata}`,
  );
  const tracing = Object.entries(jsonObject(event, extensions.logTracing)).map(([key, value]): [string, string] => {
    if (typeof value !== 'string')
      throw new EventError(`${extensions.logTracing} has a value at ${key} that is no string`);
    return [key, value];
  });
  const kept = tracing.filter(([key]) => key.startsWith(annotationPrefixes.logging));
  if (kept.length === 0) return metadata;
  return { ...metadata, annotations: { ...metadata.annotations, ...Object.fromEntries(kept) } };
}

/**
 * Metadata as it came, without members that are null: whoever reads it later relies on their types.
 *
 * @param what it is, for the message
 * @throws EventError naming a member of another type
 */
export function checkedMetadata(metadata: object, what: string): Partial<ObjectMeta> {
  const present = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
  for (const [member, { is, allowed }] of Object.entries(MEMBERS)) {
    if (present[member] !== undefined && !is(present[member]))
      throw new EventError(`${what}: ${member} is no ${allowed}`);
  }
  return present;
}

interface MemberRule {
  readonly is: (value: unknown) => boolean;
  readonly allowed: string;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const text: MemberRule = { is: isText, allowed: 'string' };
const textMap: MemberRule = {
  is: (value) => typeof value === 'object' && !Array.isArray(value) && Object.values(value as object).every(isText),
  allowed: 'map of strings',
};
const textList: MemberRule = {
  is: (value) => Array.isArray(value) && value.every(isText),
  allowed: 'list of strings',
};
const objectList: MemberRule = {
  is: (value) => Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null),
  allowed: 'list of objects',
};
const MEMBERS: Readonly<Record<string, MemberRule>> = {
  name: text,
  namespace: text,
  uid: text,
  resourceVersion: text,
  creationTimestamp: text,
  deletionTimestamp: text,
  labels: textMap,
  annotations: textMap,
  finalizers: textList,
  ownerReferences: objectList,
};

function jsonObject(event: Pick<CloudEvent, 'extensions'>, name: string): object {
  const text = findString(event, name);
  if (text === undefined) return {};
  return parseJsonObject(text, `extension attribute ${name}`);
}
