type Members = Readonly<Record<string, unknown>>;

/** The value with a JSON merge patch applied (RFC 7386); members of the patch that are `null` are taken out. Neither argument is changed. */
export function mergeInto(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = { ...(isMap(value) ? value : {}) };
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete merged[key];
    else if (change !== undefined) merged[key] = mergeInto(merged[key], change);
  }
  return merged;
}

function isMap(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
