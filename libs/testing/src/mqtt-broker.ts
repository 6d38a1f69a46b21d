import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateMqttBroker, MqttBrokerError } from '@ocm/mqtt-broker';
import { createCertificateAuthority, issueKeyAndCertificate, type KeyAndCertificate } from '@ocm/pki';
import { freePort, retryOnTakenPort } from './free-port.ts';
import { startFailure } from './start-failure.ts';
import { type SupervisedProcess, startSupervisor, type Supervisor } from './supervisor.ts';

const DAY_MS = 86_400_000;
const READY_WITHIN_MS = 60_000;
const POLL_MS = 5;

/** Who may do what on a broker; topics may have `+` and `#`. Nothing else is allowed then. */
export interface MqttUser {
  readonly name: string;
  readonly password: string;
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
}

export interface MqttBrokerOptions {
  /** TLS with client certificates of `pki`, without which nobody gets in; default plain text. */
  readonly tls?: boolean;
  /** Default: everybody may everything. */
  readonly users?: readonly MqttUser[];
  /** Largest packet in bytes; default any. */
  readonly maxPacketBytes?: number;
  /** Publications of one client that may wait for an answer at once; default 1024. */
  readonly receiveMaximum?: number;
  /** Acknowledge publications with "granted QoS 1", which belongs to subscriptions, as mochi-mqtt does by itself. */
  readonly ownCodes?: boolean;
}

/** A running MQTT 5 broker on 127.0.0.1. */
export interface MqttBroker extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:<port>`; the port stays the same over restarts. */
  readonly address: string;
  /** Authorities of its certificate and of its clients, with TLS. */
  readonly ca: KeyAndCertificate | undefined;
  /** A client certificate that it accepts; throws without TLS. */
  clientCertificate(commonName: string): Promise<KeyAndCertificate>;
  /** Ends it at once: clients lose their connections, and what it held for them is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  start(): Promise<void>;
  /** What it has logged so far. */
  log(): Promise<string>;
}

/**
 * Starts a broker from `@ocm/mqtt-broker`; takes about 50 ms.
 *
 * @throws MqttBrokerError when it was not built yet: `npm run provide -w @ocm/mqtt-broker`
 */
export async function startMqttBroker(options: MqttBrokerOptions = {}): Promise<MqttBroker> {
  const program = await brokerProgram();
  const supervisor = startSupervisor();
  try {
    const directory = await supervisor.makeDirectory('ocm-mqtt-');
    const logFile = join(directory, 'broker.log');
    const ca = options.tls === true ? await authority() : undefined;
    const args = [...limitArgs(options), ...(await rulesArgs(options, directory)), ...(await tlsArgs(ca, directory))];
    const run = (port: number): Promise<SupervisedProcess> =>
      runBroker(supervisor, { program, args: [...args, `-listen=127.0.0.1:${port}`], logFile });
    const first = await retryOnTakenPort(async () => {
      const port = await freePort();
      return { port, process: await run(port) };
    });
    let { process } = first;
    return {
      port: first.port,
      address: `127.0.0.1:${first.port}`,
      ca,
      clientCertificate: (commonName) => clientCertificate(ca, commonName),
      kill: () => process.kill(),
      async start() {
        process = await run(first.port);
      },
      log: () => readFile(logFile, 'utf8'),
      [Symbol.asyncDispose]: () => supervisor.stop(),
    };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

async function brokerProgram(): Promise<string> {
  const { path, isThere } = await locateMqttBroker(process.env);
  if (isThere) return path;
  throw new MqttBrokerError(`no ${path}; run \`npm run provide -w @ocm/mqtt-broker\` once, which builds it with Go`);
}

async function runBroker(
  supervisor: Supervisor,
  { program, args, logFile }: { readonly program: string; readonly args: readonly string[]; readonly logFile: string },
): Promise<SupervisedProcess> {
  await writeFile(logFile, ''); // of the run before: its last word is not this one's
  const process = supervisor.start(program, { args, logFile });
  const end = performance.now() + READY_WITHIN_MS;
  while (!(await readFile(logFile, 'utf8')).includes('ready on ')) {
    if (process.hasEnded()) throw await startFailure('mqtt-broker', 'ended', logFile);
    if (performance.now() > end) {
      await process.kill();
      throw await startFailure('mqtt-broker', `did not serve within ${READY_WITHIN_MS} ms`, logFile);
    }
    await sleep(POLL_MS);
  }
  return process;
}

function limitArgs({
  maxPacketBytes = 0,
  receiveMaximum = 1024,
  ownCodes = false,
}: MqttBrokerOptions): readonly string[] {
  return [`-max-packet=${maxPacketBytes}`, `-receive-maximum=${receiveMaximum}`, `-own-codes=${ownCodes}`];
}

const DENY = 0;
const SUBSCRIBE = 1;
const PUBLISH = 2;

async function rulesArgs({ users }: MqttBrokerOptions, directory: string): Promise<readonly string[]> {
  if (users === undefined) return [];
  const rules = {
    users: Object.fromEntries(
      users.map(({ name, password, publishes, subscribes }) => {
        const acl = [...publishes.map((topic) => [topic, PUBLISH]), ...subscribes.map((topic) => [topic, SUBSCRIBE])];
        return [name, { username: name, password, acl: Object.fromEntries(acl) as Record<string, number> }];
      }),
    ),
    acl: [{ filters: { '#': DENY } }],
  };
  const path = join(directory, 'rules.json');
  await writeFile(path, JSON.stringify(rules));
  return [`-rules=${path}`];
}

async function tlsArgs(ca: KeyAndCertificate | undefined, directory: string): Promise<readonly string[]> {
  if (ca === undefined) return [];
  const serving = await issueKeyAndCertificate(ca, {
    commonName: 'mqtt-broker',
    usages: ['server'],
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    ...lifetime(),
  });
  const files = {
    'tls-cert': serving.certificatePem,
    'tls-key': serving.privateKeyPem,
    'client-ca': ca.certificatePem,
  };
  return Promise.all(
    Object.entries(files).map(async ([flag, pem]) => {
      const path = join(directory, `${flag}.pem`);
      await writeFile(path, pem, { mode: 0o600 });
      return `-${flag}=${path}`;
    }),
  );
}

async function clientCertificate(ca: KeyAndCertificate | undefined, commonName: string): Promise<KeyAndCertificate> {
  if (ca === undefined) throw new Error('the broker has no TLS');
  return issueKeyAndCertificate(ca, { commonName, usages: ['client'], ...lifetime() });
}

function authority(): Promise<KeyAndCertificate> {
  const { notBefore: now } = lifetime();
  return createCertificateAuthority({ commonName: 'mqtt-test', validityMs: DAY_MS, now });
}

function lifetime(): { readonly notBefore: Date; readonly notAfter: Date } {
  const nowMs = Date.now();
  return { notBefore: new Date(nowMs - 60_000), notAfter: new Date(nowMs + DAY_MS / 2) };
}
