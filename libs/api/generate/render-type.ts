import type { Schema } from './crd-schema.ts';
import { nestedTypeName } from './type-names.ts';

const WIDTH = 120;

/** Types of `meta.ts`, recognised by their properties. */
const META_SHAPES: Readonly<Record<string, string>> = {
  'lastTransitionTime,message,observedGeneration,reason,status,type': 'Condition',
  'matchExpressions,matchLabels': 'LabelSelector',
  'key,operator,values': 'LabelSelectorRequirement',
};

/** What rendering a type finds on the way. */
export interface RenderTarget {
  /** Type of the kind being rendered. */
  readonly kindType: string;
  /** Names used from `meta.ts`. */
  readonly metaTypes: Set<string>;
  /** Declarations by name, in the order of first use. */
  readonly declarations: Map<string, string>;
}

interface Place {
  readonly path: string;
  readonly indent: string;
}

/** An interface with its doc comment. */
export function renderInterface(name: string, schema: Schema, target: RenderTarget): string {
  return `${docComment(schema.description, '')}export interface ${name} ${members(schema, { path: '', indent: '' }, target)}\n`;
}

/** Members of an object type with braces around them, by alphabet as in the schema. */
function members(schema: Schema, { path, indent }: Place, target: RenderTarget): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
    const head = `${inner}readonly ${key}${mark}:`;
    const place = { path: path === '' ? name : `${path}.${name}`, indent: inner };
    return `${docComment(property.description, inner)}${head}${valueAfter(head, property, { place, target })};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function valueAfter(head: string, schema: Schema, { place, target }: { place: Place; target: RenderTarget }): string {
  const text = typeText(schema, place, target);
  const isUnion = schema.enum !== undefined;
  if (!isUnion || head.length + text.length + 2 <= WIDTH) return ` ${text}`;
  return text
    .split(' | ')
    .map((member) => `\n${place.indent}  | ${member}`)
    .join('');
}

function typeText(schema: Schema, place: Place, target: RenderTarget): string {
  const text = plainTypeText(schema, place, target);
  return schema.nullable ? `${text} | null` : text;
}

function plainTypeText(schema: Schema, place: Place, target: RenderTarget): string {
  if (schema['x-kubernetes-int-or-string']) return 'number | string';
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.type === 'array') return arrayText(schema, place, target);
  if (schema.type === 'object') return objectText(schema, place, target);
  return scalarText(schema, target);
}

function arrayText(schema: Schema, { path, indent }: Place, target: RenderTarget): string {
  if (!schema.items) throw new Error(`list "${path}" of ${target.kindType} has no schema for its items`);
  const item = typeText(schema.items, { path: `${path}[]`, indent }, target);
  return item.includes(' | ') && !item.startsWith('{') ? `readonly (${item})[]` : `readonly ${item}[]`;
}

function objectText(schema: Schema, { path, indent }: Place, target: RenderTarget): string {
  if (schema['x-kubernetes-embedded-resource']) return fromMeta('EmbeddedObject', target);
  if (schema['x-kubernetes-preserve-unknown-fields']) return 'Readonly<Record<string, unknown>>';
  if (schema.additionalProperties) {
    const value = typeText(schema.additionalProperties, { path: `${path}.*`, indent }, target);
    return `Readonly<Record<string, ${value}>>`;
  }
  if (!schema.properties) return 'Readonly<Record<string, never>>';
  const shape = META_SHAPES[Object.keys(schema.properties).toSorted().join(',')];
  if (shape) return fromMeta(shape, target);
  return namedOrInPlace(schema, { path, indent }, target);
}

function namedOrInPlace(schema: Schema, { path, indent }: Place, target: RenderTarget): string {
  const name = nestedTypeName(target.kindType, path);
  if (name === undefined) return members(schema, { path, indent }, target);
  if (!target.declarations.has(name)) target.declarations.set(name, ''); // keeps the order of first use
  const body = members(schema, { path, indent: '' }, target);
  const text = `${docComment(schema.description, '')}export interface ${name} ${body}\n`;
  const earlier = target.declarations.get(name);
  if (earlier && withoutComments(earlier) !== withoutComments(text)) {
    throw new Error(
      `type name ${name} stands for two different schemas in ${target.kindType}, the second at "${path}"`,
    );
  }
  target.declarations.set(name, earlier || text);
  return name;
}

function scalarText({ type, format }: Schema, target: RenderTarget): string {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  return format === 'date-time' ? fromMeta('Timestamp', target) : 'string';
}

function fromMeta(name: string, target: RenderTarget): string {
  target.metaTypes.add(name);
  return name;
}

/** The text without its comments: what decides whether two declarations are the same type. */
export function withoutComments(text: string): string {
  return text.replaceAll(/ *\/\*\*.*?\*\/\n/gs, '');
}

function docComment(description: string | undefined, indent: string): string {
  if (description === undefined) return '';
  const text = description.replaceAll('*/', '*\u200b/');
  const oneLine = `${indent}/** ${text} */\n`;
  if (!text.includes('\n') && oneLine.length - 1 <= WIDTH) return oneLine;
  const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - indent.length - 3));
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

function wrap(text: string, width: number): readonly string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}
