import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { judgeToken, readToken } from './judge-token.ts';

const ISSUED = Date.parse('2026-03-01T00:00:00Z');
const seconds = (ms: number): number => ms / 1000;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (payload: unknown): string => `${encoded({ alg: 'RS256' })}.${encoded(payload)}.c2ln`;

const claims = {
  iat: seconds(ISSUED),
  exp: seconds(ISSUED) + 1000,
  'kubernetes.io': { serviceaccount: { uid: 'u1' } },
};
const after = (s: number): Date => new Date(ISSUED + s * 1000);

test.each([
  { what: 'a new one', token: tokenOf(claims), at: 0, want: 'good' },
  { what: 'one with a little more than 20 %', token: tokenOf(claims), at: 799, want: 'good' },
  { what: 'one with 20 %', token: tokenOf(claims), at: 800, want: 'refresh' },
  { what: 'an expired one', token: tokenOf(claims), at: 1001, want: 'refresh' },
  { what: 'none', token: undefined, at: 0, want: 'refresh' },
  { what: 'one of two parts', token: 'a.b', at: 0, want: 'refresh' },
  { what: 'one without an end', token: tokenOf({ ...claims, exp: undefined }), at: 0, want: 'refresh' },
  { what: 'one without a beginning', token: tokenOf({ ...claims, iat: undefined }), at: 0, want: 'refresh' },
  { what: 'one without a lifetime', token: tokenOf({ ...claims, iat: claims.exp }), at: 0, want: 'refresh' },
  {
    what: 'one of another account',
    token: tokenOf({ ...claims, 'kubernetes.io': { serviceaccount: { uid: 'u2' } } }),
    at: 0,
    want: 'refresh',
  },
  { what: 'one of nobody', token: tokenOf({ ...claims, 'kubernetes.io': null }), at: 0, want: 'refresh' },
])('[registration 61] $what: $want', ({ token, at, want }) => {
  expect(judgeToken(token, 'u1', after(at)).kind).toBe(want);
});

test('a good token says until when, and when to look again', () => {
  expect(judgeToken(tokenOf(claims), 'u1', after(100))).toEqual({
    kind: 'good',
    expires: after(1000),
    refreshInMs: 700_000,
  });
});

test('whatever is stored, reading it does not throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => void readToken(`${a}.${Buffer.from(b).toString('base64url')}.x`)),
  );
});
