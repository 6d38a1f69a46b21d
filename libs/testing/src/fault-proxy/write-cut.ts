import { type Matcher, matches } from './matcher.ts';
import { isWrite, type RequestInfo } from './request-info.ts';

export interface WriteCutOptions {
  /** The last write that the API server sees, counted from 1. */
  readonly afterWrites: number;
  /** Whether the client still gets the answer to it. */
  readonly answer: 'delivered' | 'lost';
  /** Whose requests fail after the cut, usually a user agent; default everybody's. */
  readonly when?: Matcher;
  /** Which of their writes count; default all but reviews, which store nothing. */
  readonly counting?: Matcher;
}

/** A client that loses the API server after its n-th write, until restored. */
export interface WriteCut {
  /** Writes that counted so far. */
  readonly writes: number;
  readonly isCut: boolean;
  /** Lets all requests pass again. */
  restore(): void;
}

export interface WriteCutState extends WriteCut {
  concerns(info: RequestInfo): boolean;
  /** Whether the request must fail because the n-th write has been sent. */
  refuses(info: RequestInfo): boolean;
  /** Counts a request that is about to be sent; says what becomes of its answer when it is the last one. */
  count(info: RequestInfo): 'not-the-last' | WriteCutOptions['answer'];
}

export function createWriteCut({ afterWrites, answer, when = {}, counting = {} }: WriteCutOptions): WriteCutState {
  let writes = 0;
  let restored = false;
  const isSpent = (): boolean => !restored && writes >= afterWrites;
  const concerns = (info: RequestInfo): boolean => !restored && matches(when, info);
  return {
    get writes() {
      return writes;
    },
    get isCut() {
      return isSpent();
    },
    restore: () => {
      restored = true;
    },
    concerns,
    refuses: (info) => isSpent() && concerns(info),
    count(info) {
      if (!concerns(info) || !isWrite(info) || !matches(counting, info)) return 'not-the-last';
      writes += 1;
      return writes === afterWrites ? answer : 'not-the-last';
    },
  };
}
