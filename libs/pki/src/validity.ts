import type { Certificate } from './certificate.ts';

/** The time in which every member of a chain is valid. It may be empty (`notAfter` before `notBefore`). */
export interface Validity {
  /** The latest start of all members. */
  readonly notBefore: Date;
  /** The earliest end of all members. */
  readonly notAfter: Date;
}

/**
 * Latest `notBefore` and earliest `notAfter` of a chain (registration 6.3).
 *
 * @throws RangeError when the chain is empty
 */
export function validityOf(chain: readonly Pick<Certificate, 'notBefore' | 'notAfter'>[]): Validity {
  if (chain.length === 0) throw new RangeError('a chain without certificates has no validity');
  return {
    notBefore: new Date(Math.max(...chain.map(({ notBefore }) => notBefore.getTime()))),
    notAfter: new Date(Math.min(...chain.map(({ notAfter }) => notAfter.getTime()))),
  };
}

/** Whether any member of the chain is past its end. A chain that is not valid yet is not expired. */
export function isExpired(chain: readonly Pick<Certificate, 'notBefore' | 'notAfter'>[], now: Date): boolean {
  return chain.some(({ notAfter }) => now > notAfter);
}

/** The share of the lifetime that is left, from 1 (not begun or just begun) to 0 (over, or the validity is empty). */
export function remainingFraction({ notBefore, notAfter }: Validity, now: Date): number {
  const totalMs = notAfter.getTime() - notBefore.getTime();
  if (totalMs <= 0) return 0;
  return Math.min(1, Math.max(0, (notAfter.getTime() - now.getTime()) / totalMs));
}
