/** Whether the agent has lost its hub for too long (registration 17). */
export type ContactVerdict =
  /** `remembered` is for the next look. */
  { readonly kind: 'stay'; readonly remembered: Date } | { readonly kind: 'leave'; readonly since: Date };

/**
 * @param renewed `renewTime` of the cluster's lease as the hub has it; `undefined` when it could not be read
 * @param remembered the same at the last look; `undefined` at the first
 */
export function judgeHubContact(
  { renewed, remembered }: { readonly renewed: Date | undefined; readonly remembered: Date | undefined },
  timeoutMs: number,
  now: Date,
): ContactVerdict {
  const since = renewed ?? remembered ?? now;
  return now.getTime() > since.getTime() + timeoutMs ? { kind: 'leave', since } : { kind: 'stay', remembered: since };
}
