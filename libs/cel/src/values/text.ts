const SURROGATE = /[\ud800-\udfff]/;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Text as CEL sees it: a sequence of code points. */
export interface CodePoints {
  readonly size: number;
  /** @param end excluded */
  slice(start: number, end: number): string;
  /** The position of what is at this offset of the JavaScript string. */
  positionOf(offset: number): number;
  /** The offset in the JavaScript string of what is at this position. */
  offsetOf(position: number): number;
}

/** Takes time in proportion to the length. */
export function codePoints(text: string): CodePoints {
  if (!SURROGATE.test(text))
    return {
      size: text.length,
      slice: (start, end) => text.slice(start, end),
      positionOf: (offset) => offset,
      offsetOf: (position) => position,
    };
  return {
    size: countBefore(text, text.length),
    slice: (start, end) => text.slice(offsetOf(text, start), offsetOf(text, end)),
    positionOf: (offset) => countBefore(text, offset),
    offsetOf: (position) => offsetOf(text, position),
  };
}

/** How many code points a text has. */
export function codePointCount(text: string): number {
  return SURROGATE.test(text) ? countBefore(text, text.length) : text.length;
}

function countBefore(text: string, offset: number): number {
  let pairs = 0;
  let previous = 0;
  for (let index = 0; index < offset; index += 1) {
    const unit = text.charCodeAt(index);
    if (isLowSurrogate(unit) && isHighSurrogate(previous)) pairs += 1;
    previous = unit;
  }
  return offset - pairs;
}

function offsetOf(text: string, position: number): number {
  let offset = 0;
  for (let count = 0; count < position && offset < text.length; count += 1)
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** Below, at or above 0 as the first comes before, at or after the other in the order of code points. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  if (!SURROGATE.test(one) && !SURROGATE.test(other)) return one < other ? -1 : 1;
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return rankOf(one, at) - rankOf(other, at);
}

/** Units of surrogate pairs, which stand for the highest code points, come after all others; the end of a text before. */
function rankOf(text: string, index: number): number {
  if (index >= text.length) return -1;
  const unit = text.charCodeAt(index);
  return isHighSurrogate(unit) || isLowSurrogate(unit) ? unit + 0x10000 : unit;
}
