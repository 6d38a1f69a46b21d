import type { IgnoreFields } from '@ocm/api';
import { type Logger, parseExact } from '@ocm/kube';
import { type AnyObject, isJsonObject } from '../../manifest/any-object.ts';
import { withoutPointer } from './json-pointer.ts';
import { isPartOf } from './is-part-of.ts';
import type { Jq } from './jq-thread.ts';
import { withoutPath } from './without-path.ts';

/** An expression of `ignoreFields` cannot be used; the message says which and why (work 8.6). */
export class IgnoreFieldsError extends Error {
  override readonly name = 'IgnoreFieldsError';
}

export interface LeaveOutTools {
  readonly jq: Jq;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * A manifest without the fields that are left to others once the object exists: those of the entries `OnSpokePresent` (work 8.6).
 *
 * @throws IgnoreFieldsError
 */
export async function leaveOut(
  manifest: AnyObject,
  ignored: readonly IgnoreFields[],
  tools: LeaveOutTools,
): Promise<AnyObject> {
  let left: unknown = manifest;
  for (const { condition, jsonPaths = [], jsonPointers = [], jqPathExpressions = [] } of ignored) {
    if (condition === 'OnSpokeChange') continue;
    left = jsonPaths.reduce((value, path) => withoutPathOrNote(value, path, tools), left);
    left = jsonPointers.reduce(withoutPointerOrError, left);
    for (const expression of jqPathExpressions) left = await withoutExpression(left, expression, tools);
  }
  return left as AnyObject;
}

/** A malformed path is ignored, as existing works rely on. */
function withoutPathOrNote(value: unknown, path: string, { log }: LeaveOutTools): unknown {
  const result = withoutPath(value, path);
  if (result.kind === 'removed') return result.value;
  log.warn({ path, problem: result.problem }, 'a JSON path of ignoreFields is malformed and has no effect');
  return value;
}

function withoutPointerOrError(value: unknown, pointer: string): unknown {
  try {
    return withoutPointer(value, pointer);
  } catch (error) {
    throw new IgnoreFieldsError(`JSON Pointer error in '${pointer}': ${messageOf(error)}`, { cause: error });
  }
}

async function withoutExpression(value: unknown, expression: string, { jq, signal }: LeaveOutTools): Promise<unknown> {
  try {
    // The line break ends a comment of the expression.
    const program = `del(${expression}\n)`;
    const result = parseExact(await jq.evaluate({ input: JSON.stringify(value), program }, signal));
    // Whatever is written between the brackets, it can only take away: the executor was asked about the manifest as it is.
    if (!isJsonObject(result) || !isPartOf(result, value)) throw new Error('it does more than to select fields');
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw new IgnoreFieldsError(`JQ expression error in '${expression}': ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
