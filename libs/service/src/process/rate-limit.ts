/** The values of `--kube-api-qps` and `--kube-api-burst` that stand for "not given". */
const STANDARD = { qps: 50, burst: 100 } as const;

/**
 * The cap on requests that two flags ask for. Their defaults count as not given, as manifests write them out of habit: then the client
 * goes as fast as the API server allows. Any other value is a hard cap.
 */
export function rateLimit(
  qps: number,
  burst: number,
): { readonly perSecond: number; readonly burst: number } | undefined {
  return qps === STANDARD.qps && burst === STANDARD.burst ? undefined : { perSecond: qps, burst };
}
