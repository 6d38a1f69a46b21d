import { expect, test } from '@jest/globals';
import { decodeSecret, planSecret } from './plan-secret.ts';

const METADATA = { name: 'hub-kubeconfig-secret', namespace: 'agent' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LIVE = {
  metadata: { ...METADATA, uid: 'u', resourceVersion: '7' },
  type: 'Opaque',
  data: { 'tls.crt': base64('old'), note: base64('of somebody else') },
};

test('an absent secret is created', () => {
  expect(planSecret(undefined, { 'tls.crt': 'new' }, METADATA)).toEqual({
    kind: 'create',
    secret: { metadata: METADATA, data: { 'tls.crt': base64('new') } },
  });
});

test('keys are laid over those of a present one, guarded by its version', () => {
  expect(planSecret(LIVE, { 'tls.crt': 'new', 'agent-name': 'a' }, METADATA)).toEqual({
    kind: 'replace',
    secret: {
      ...LIVE,
      data: { 'tls.crt': base64('new'), 'agent-name': base64('a'), note: base64('of somebody else') },
    },
  });
});

test('a secret that holds it all stays untouched', () => {
  expect(planSecret(LIVE, { 'tls.crt': 'old' }, METADATA)).toEqual({ kind: 'keep' });
});

test('values are decoded as text', () => {
  expect(decodeSecret(LIVE)).toEqual({ 'tls.crt': 'old', note: 'of somebody else' });
  expect(decodeSecret(undefined)).toEqual({});
});
