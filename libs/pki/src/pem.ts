import { PkiError } from './pki-error.ts';

/** One block of a PEM text (RFC 7468): the label between the dashes and the decoded bytes. */
export interface PemBlock {
  readonly type: string;
  readonly der: Buffer<ArrayBuffer>;
}

/** Longest PEM text that is looked at, in characters. A chain of certificates is a few thousand long. */
const MAX_PEM_LENGTH = 1024 * 1024;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^-]*)-----END \1-----/g;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * All blocks of a PEM text in order; text around the blocks is ignored, as Go's decoder does.
 *
 * @throws PkiError `unparsable` when a block's body is not base64, or the text is longer than 1 MiB
 */
export function decodePem(text: string): readonly PemBlock[] {
  if (text.length > MAX_PEM_LENGTH) {
    throw new PkiError(`PEM text of ${text.length} characters is longer than ${MAX_PEM_LENGTH}`, {
      code: 'unparsable',
    });
  }
  return Array.from(text.matchAll(BLOCK), ([, type = '', body = '']) => ({ type, der: decodeBody(type, body) }));
}

/** The PEM text of one block, lines of 64 characters, with a final line break. */
export function encodePem(type: string, der: ArrayBuffer | Uint8Array<ArrayBuffer>): string {
  const bytes = der instanceof ArrayBuffer ? Buffer.from(der) : Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}

function decodeBody(type: string, body: string): Buffer<ArrayBuffer> {
  const base64 = body.replaceAll(/[\s]+/g, '');
  if (!BASE64.test(base64) || base64.length % 4 !== 0) {
    throw new PkiError(`the PEM block "${type}" does not hold base64`, { code: 'unparsable' });
  }
  return Buffer.from(base64, 'base64');
}
