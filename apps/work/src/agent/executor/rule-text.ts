/** What a policy rule must allow. */
export interface NeededRule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** A policy rule as it is written in a manifest, on one line. */
export function ruleText({ group, resource, verbs }: NeededRule): string {
  return `{apiGroups: [${quoted(group)}], resources: [${quoted(resource)}], verbs: [${verbs.map(quoted).join(', ')}]}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
