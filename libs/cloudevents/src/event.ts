/** The value of an extension attribute, with the type it has on the wire (cloudevents-grpc 2.2). */
export type AttributeValue =
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** 32 bits, signed. */
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'uri'; readonly value: string }
  | { readonly kind: 'uri-reference'; readonly value: string }
  | { readonly kind: 'timestamp'; readonly value: Date };

/** A CloudEvent 1.0 (https://github.com/cloudevents/spec). Only `id`, `source` and `type` are always there. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: Date | undefined;
  readonly subject?: string | undefined;
  readonly dataSchema?: string | undefined;
  readonly dataContentType?: string | undefined;
  /** Extension attributes; names consist of lower-case letters and digits. */
  readonly extensions: ReadonlyMap<string, AttributeValue>;
  readonly data?: Uint8Array | undefined;
}

/** What an event is that cannot be understood, or cannot be sent; the message names the attribute and what is allowed. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

const INT32_MAX = 0x7fff_ffff;
const EXTENSION_NAME = /^[a-z0-9]+$/;

/** A string as an attribute. */
export function stringAttribute(value: string): AttributeValue {
  return { kind: 'string', value };
}

/** @throws EventError when the number is not an integer of 32 bits: peers would lose it without a word */
export function integerAttribute(name: string, value: number): AttributeValue {
  if (!Number.isInteger(value) || value < -INT32_MAX - 1 || value > INT32_MAX) {
    throw new EventError(`extension attribute ${name} is ${value}; allowed is an integer of 32 bits`);
  }
  return { kind: 'integer', value };
}

/** An instant as an attribute; sent with milliseconds. */
export function timestampAttribute(value: Date): AttributeValue {
  return { kind: 'timestamp', value };
}

/** @throws EventError when the name has anything but lower-case letters and digits */
export function checkExtensionName(name: string): string {
  if (!EXTENSION_NAME.test(name)) {
    throw new EventError(`extension attribute "${name}": a name has letters and digits only`);
  }
  return name;
}
