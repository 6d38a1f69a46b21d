import { type AnyObject, isJsonObject } from '../manifest/any-object.ts';

/** What a field may hold; absent and null are always allowed. `texts` is an object whose members are strings. */
export type FieldShape = 'object' | 'texts' | 'list' | 'text';

export type FieldShapes = Readonly<Record<string, FieldShape>>;

/** Whether all fields of an object have their shape. */
export function hasShapes(object: AnyObject, shapes: FieldShapes): boolean {
  return Object.entries(shapes).every(([field, shape]) => hasShape(object[field], shape));
}

function hasShape(value: unknown, shape: FieldShape): boolean {
  if (value === undefined || value === null) return true;
  switch (shape) {
    case 'object':
      return isJsonObject(value);
    case 'texts':
      return isJsonObject(value) && Object.values(value).every((member) => typeof member === 'string');
    case 'list':
      return Array.isArray(value);
    case 'text':
      return typeof value === 'string';
  }
}
