import { describe, expect, test } from '@jest/globals';
import { planFiles } from './plan-files.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('planFiles', () => {
  test('writes what is missing or differs, and nothing else', () => {
    const data = { 'tls.crt': base64('new'), 'cluster-name': base64('c1'), extra: base64('x') };
    const present = { 'tls.crt': Buffer.from('old'), 'cluster-name': Buffer.from('c1') };
    expect([...planFiles(data, present).keys()].toSorted()).toEqual(['extra', 'tls.crt']);
  });

  test('an unchanged secret is no work', () => {
    expect(planFiles({ a: base64('1') }, { a: Buffer.from('1') }).size).toBe(0);
  });

  test('bytes are compared, not text', () => {
    const content = Buffer.from([0xff, 0x00, 0xfe]);
    expect(planFiles({ a: content.toString('base64') }, { a: content }).size).toBe(0);
    expect(planFiles({ a: content.toString('base64') }, { a: Buffer.from([0xfd, 0, 0xfe]) }).get('a')).toEqual(content);
  });

  test('the key is written before its certificate, and the kubeconfig at last', () => {
    const data = { kubeconfig: base64('k'), 'tls.crt': base64('c'), 'tls.key': base64('s') };
    expect([...planFiles(data, {}).keys()]).toEqual(['tls.key', 'tls.crt', 'kubeconfig']);
  });

  test.each(['..', '.', '', '../etc/passwd', 'a/b'])('never leaves the directory: %s', (name) => {
    expect(planFiles({ [name]: base64('x') }, {}).size).toBe(0);
  });
});
