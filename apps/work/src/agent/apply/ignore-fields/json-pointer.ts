import { isJsonObject } from '../../manifest/any-object.ts';

/**
 * A value without what a JSON pointer (RFC 6901) points at. A key or a parent that is missing is no error, nor is a pointer without leading
 * slash: nothing is removed then, and the same value is returned (work 8.6).
 *
 * @throws Error when an item of a list is meant that does not exist, or by something that is no index
 */
export function withoutPointer(value: unknown, pointer: string): unknown {
  const [head, ...tokens] = pointer.split('/').map(unescaped);
  return head === '' && tokens.length > 0 ? without(value, tokens) : value;
}

function without(value: unknown, [token = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return withoutItem(value, token, rest);
  if (!isJsonObject(value) || !Object.hasOwn(value, token)) return value;
  if (rest.length === 0) {
    const { [token]: _removed, ...others } = value;
    return others;
  }
  const child = without(value[token], rest);
  return child === value[token] ? value : { ...value, [token]: child };
}

function withoutItem(list: readonly unknown[], token: string, rest: readonly string[]): unknown {
  const index = /^\d+$/.test(token) ? Number(token) : NaN;
  const exists = index < list.length;
  if (rest.length > 0) {
    const child = exists ? without(list[index], rest) : undefined;
    return !exists || child === list[index] ? list : list.with(index, child);
  }
  if (Number.isNaN(index)) throw new Error(`${JSON.stringify(token)} is not the index of an item of a list`);
  if (!exists) throw new Error(`the list has ${list.length} items, none at index ${token}`);
  return list.toSpliced(index, 1);
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
