import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isRawNumber } from '@ocm/kube';
import { isJsonObject } from '../../manifest/any-object.ts';

/** Powers of ten of doubles that Go writes without an exponent. */
const PLAIN_POWERS = { from: -4, below: 6 };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * The fingerprint of a manifest in the annotation `config-spec-hash` (work 8.7): the MD5 of the text that Go's `%v` makes of it, so that a
 * cluster can change agents and no object is applied anew because of it.
 */
export function configSpecHash(manifest: object): string {
  return createHash('md5')
    .update(`&{${rendered(manifest)}}`)
    .digest('hex');
}

function rendered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rendered).join(' ')}]`;
  if (isRawNumber(value)) return renderedNumber(value.rawJSON);
  if (isJsonObject(value)) {
    const members = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `map[${members.map(([key, member]) => `${key}:${rendered(member)}`).join(' ')}]`;
  }
  switch (typeof value) {
    case 'number':
      return renderedNumber(String(value));
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    default:
      return '<nil>';
  }
}

/** Integers of 64 bits stay what they are, everything else is a double. */
function renderedNumber(text: string): string {
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    if (integer >= INT64.min && integer <= INT64.max) return String(integer);
  }
  const double = Number(text);
  const [mantissa = '', exponent = ''] = double.toExponential().split('e');
  const power = Number(exponent);
  if (power >= PLAIN_POWERS.from && power < PLAIN_POWERS.below) return String(double);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
