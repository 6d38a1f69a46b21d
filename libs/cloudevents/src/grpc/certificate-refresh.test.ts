import { describe, expect, test } from '@jest/globals';
import { certificateRefreshMs } from './certificate-refresh.ts';

describe('how often client certificates are looked at', () => {
  test.each([
    [{}, undefined],
    [{ CERT_CALLBACK_REFRESH_DURATION: '' }, undefined],
    [{ CERT_CALLBACK_REFRESH_DURATION: '1m30s' }, 90_000],
  ])('%j: %p', (env, want) => {
    expect(certificateRefreshMs(env)).toBe(want);
  });

  test.each(['soon', '0s', '-1s'])('%p is refused', (text) => {
    expect(() => certificateRefreshMs({ CERT_CALLBACK_REFRESH_DURATION: text })).toThrow(
      `CERT_CALLBACK_REFRESH_DURATION is "${text}"`,
    );
  });
});
