import type { ConditionRule, FeedbackRule, ManifestConfig, ResourceIdentifier, UpdateStrategy } from '@ocm/api';
import type { ResourceId } from './resource-id.ts';

/** The options of one manifest, taken from all configurations that match it. */
export interface ManifestOptions {
  readonly feedbackRules: readonly FeedbackRule[];
  readonly conditionRules: readonly ConditionRule[];
  readonly updateStrategy: UpdateStrategy;
  readonly scrapeType: 'Poll' | 'Watch';
}

const DEFAULT_OPTIONS: ManifestOptions = {
  feedbackRules: [],
  conditionRules: [],
  updateStrategy: { type: 'Update' },
  scrapeType: 'Poll',
};

/**
 * The options for a resource (work 7.7): the first matching entry that has feedback rules, condition rules or a strategy supplies each;
 * the scrape type comes from the last matching entry, and only when any of the three was found.
 */
export function matchManifestConfig(configs: readonly ManifestConfig[] | undefined, id: ResourceId): ManifestOptions {
  const matching = (configs ?? []).filter(({ resourceIdentifier }) => matches(resourceIdentifier, id));
  const found = {
    ...first(matching, 'feedbackRules'),
    ...first(matching, 'conditionRules'),
    ...first(matching, 'updateStrategy'),
  };
  if (Object.keys(found).length === 0) return DEFAULT_OPTIONS;
  return { ...DEFAULT_OPTIONS, ...found, scrapeType: matching.at(-1)?.feedbackScrapeType ?? 'Poll' };
}

/** The first entry that has the option, reduced to it; an empty list of rules does not count. */
function first<Option extends 'feedbackRules' | 'conditionRules' | 'updateStrategy'>(
  matching: readonly ManifestConfig[],
  option: Option,
): Partial<Pick<ManifestOptions, Option>> {
  const value = matching.map((config) => config[option]).find(isFilled);
  return value === undefined ? {} : ({ [option]: value } as Pick<ManifestOptions, Option>);
}

function matches({ group = '', resource, name, namespace = '' }: ResourceIdentifier, id: ResourceId): boolean {
  return (
    group === id.group &&
    resource === id.resource &&
    matchesWildcard(name, id.name) &&
    matchesWildcard(namespace, id.namespace)
  );
}

/** Whether `*` in the pattern can stand for sequences, also empty ones, so that it becomes the text. Linear in the text for each star. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === text;
  if (!text.startsWith(head) || !text.slice(head.length).endsWith(tail)) return false;
  const end = text.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function isFilled(option: object | undefined): boolean {
  return option !== undefined && !(Array.isArray(option) && option.length === 0);
}
