import type { FeedbackJsonPath, FeedbackRule, FeedbackValue } from '@ocm/api';
import { parseJsonPath } from '../json-path/parse-json-path.ts';
import { selectByPath, type Selected } from '../json-path/select-by-path.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { type FeedbackLimits, typedValue } from './feedback-value.ts';
import { wellKnownPaths } from './well-known-paths.ts';

/** What the feedback rules of a manifest come to for its object. */
export interface FeedbackReport {
  /** No two of one name: the schema of works refuses that, and with it the whole status (work 2.6). */
  readonly values: readonly FeedbackValue[];
  readonly problems: readonly string[];
}

type Picked =
  | { readonly kind: 'value'; readonly value: FeedbackValue }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'problem'; readonly problem: string };

/** Evaluates feedback rules in order (work 11.3). A problem with one value does not keep back the others. */
export function evaluateFeedback(
  rules: readonly FeedbackRule[],
  object: AnyObject,
  limits: FeedbackLimits,
): FeedbackReport {
  const values = new Map<string, FeedbackValue>();
  const problems: string[] = [];
  const picked = rules.flatMap((rule) =>
    rule.type === 'WellKnownStatus'
      ? wellKnownValues(object, limits)
      : (rule.jsonPaths ?? []).map((path) => pick(path, object, limits)),
  );
  for (const each of picked) {
    if (each.kind === 'problem') problems.push(each.problem);
    if (each.kind !== 'value') continue;
    const { name } = each.value;
    if (values.has(name)) problems.push(`the value ${name} is asked for more than once, the first is reported`);
    else values.set(name, each.value);
  }
  return { values: [...values.values()], problems };
}

function wellKnownValues(object: AnyObject, limits: FeedbackLimits): readonly Picked[] {
  const { apiVersion = '', kind = '' } = object;
  const key = `${apiVersion}/${kind}`;
  const paths = Object.hasOwn(wellKnownPaths, key) ? wellKnownPaths[key] : undefined;
  if (paths === undefined) {
    const problem = `cannot find the wellknown statuses for resource with gvk ${apiVersion}, Kind=${kind}`;
    return [{ kind: 'problem', problem }];
  }
  return paths.map((path) => pick(path, object, limits));
}

function pick(named: FeedbackJsonPath, object: AnyObject, limits: FeedbackLimits): Picked {
  const { name, version = '' } = named;
  if (version !== '' && version !== versionOf(object)) {
    return { kind: 'problem', problem: `version set in the path ${name} is not matched for the related resource` };
  }
  const selected = select(named, object);
  if (selected.kind === 'failed') return { kind: 'problem', problem: selected.problem };
  const [first] = selected.values;
  const value = limits.rawJson && selected.values.length > 1 ? selected.values : first;
  if (value === undefined || value === null) return { kind: 'nothing' };
  const typed = typedValue(name, value, limits);
  return typed.kind === 'problem' ? typed : { kind: 'value', value: { name, fieldValue: typed.fieldValue } };
}

function select({ name, path }: FeedbackJsonPath, object: AnyObject): Selected {
  const parsed = parseJsonPath(path);
  const selected: Selected =
    parsed.kind === 'invalid' ? { kind: 'failed', problem: parsed.problem } : selectByPath(parsed.path, object);
  if (selected.kind === 'found') return selected;
  return { kind: 'failed', problem: `the path ${path} of ${name}: ${selected.problem}` };
}

function versionOf({ apiVersion = '' }: AnyObject): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}
