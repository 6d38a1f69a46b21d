import { ConfigError, parseGoDuration } from '@ocm/service';

const VARIABLE = 'CERT_CALLBACK_REFRESH_DURATION';

/**
 * How often client certificates are to be looked at, in milliseconds, as the environment says (cloudevents-grpc 9.2); `undefined` for the usual
 * interval.
 *
 * @throws ConfigError for anything but a duration above 0
 */
export function certificateRefreshMs(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const { [VARIABLE]: text = '' } = env;
  if (text === '') return undefined;
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new ConfigError([`${VARIABLE} is "${text}"; allowed is a duration above 0 such as 5m`]);
}
