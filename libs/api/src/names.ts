const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Why a text is not a DNS label (RFC 1123), which namespaces and managed clusters need; `undefined` when it is one.
 * The text fits after "name: ".
 */
export function dnsLabelProblem(text: string): string | undefined {
  if (text.length > 63) return `"${text.slice(0, 63)}…" has ${text.length} characters; at most 63 are allowed`;
  if (DNS_LABEL.test(text)) return undefined;
  return `"${text}" is not a DNS label; allowed are lower-case letters, digits and "-", with a letter or digit at both ends`;
}
