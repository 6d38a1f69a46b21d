import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { locateMqttBroker } from './locate.ts';
import { MqttBrokerError, provideMqttBroker } from './provide.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mqtt-broker-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A `go` that does what the script says. */
async function fakeGo(script: string): Promise<Record<string, string>> {
  const path = join(directory, 'go');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { PATH: `${directory}:/bin:/usr/bin` };
}

const provide = (env: Record<string, string>, steps: string[] = []): Promise<string> =>
  provideMqttBroker({
    env,
    cacheDir: join(directory, 'cache'),
    signal: new AbortController().signal,
    progress: (step) => steps.push(step),
  });

test('it is built once, and found in the cache after that', async () => {
  const env = await fakeGo('while [ "$1" != -o ]; do shift; done; echo made > "$2"; chmod +x "$2"');
  const steps: string[] = [];
  const path = await provide(env, steps);
  expect(await provide(env, steps)).toBe(path);
  expect(steps).toHaveLength(1);
  expect(await readdir(dirname(path))).toEqual(['mqtt-broker']);
});

test('a build that fails says why and what to do, and leaves nothing in the cache', async () => {
  const env = await fakeGo('echo no such module >&2; exit 1');
  await expect(provide(env)).rejects.toThrow(/no such module\ninstall Go 1\.21 or newer/);
  const { path, isThere } = await locateMqttBroker(env, join(directory, 'cache'));
  expect({ isThere, left: await readdir(dirname(path)) }).toEqual({ isThere: false, left: [] });
});

test('without Go the error says so', async () => {
  await expect(provide({ PATH: directory })).rejects.toThrow(/there is no `go` on the PATH/);
});

test('a broker that the environment names is taken, and refused when it is none', async () => {
  const path = join(directory, 'mine');
  await writeFile(path, '');
  await expect(provide({ OCM_MQTT_BROKER: path })).rejects.toThrow(MqttBrokerError);
  await chmod(path, 0o755);
  expect(await provide({ OCM_MQTT_BROKER: path })).toBe(path);
});
