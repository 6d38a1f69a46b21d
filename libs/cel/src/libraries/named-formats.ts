import { parseTimestamp } from '../values/timestamp.ts';
import { parseUrl } from '../network/url.ts';

/** A form that texts of Kubernetes must have. */
export interface NamedFormat {
  readonly name: string;
  /** What is wrong with a text; nothing when it has the form. */
  readonly problems: (text: string) => readonly string[];
  /** Length of a pattern that would take as long to match, which the cost of a validation is reckoned on. */
  readonly patternLength: number;
}

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const NAME = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

interface Rule {
  readonly longest: number;
  readonly matches: (text: string) => boolean;
  readonly rule: string;
}

const isSubdomain = (text: string): boolean => text.split('.').every((part) => LABEL.test(part));
const label: Rule = {
  longest: MAX_LABEL,
  matches: (text) => LABEL.test(text),
  rule: "an RFC 1123 label has lower-case letters, digits and '-', with a letter or digit at both ends, such as 'my-name'",
};
const label1035: Rule = {
  longest: MAX_LABEL,
  matches: (text) => LABEL_1035.test(text),
  rule: "an RFC 1035 label has lower-case letters, digits and '-', begins with a letter and does not end with '-', such as 'my-name'",
};
const subdomain: Rule = {
  longest: MAX_SUBDOMAIN,
  matches: isSubdomain,
  rule: "an RFC 1123 subdomain has parts of lower-case letters, digits and '-', joined by '.', each with a letter or digit at both ends, such as 'example.com'",
};
const qualifiedNamePart: Rule = {
  longest: MAX_LABEL,
  matches: (text) => NAME.test(text),
  rule: "must have letters, digits, '-', '_' and '.', with a letter or digit at both ends, such as 'MyName'",
};
const labelValue: Rule = {
  longest: MAX_LABEL,
  matches: (text) => text === '' || NAME.test(text),
  rule: "a label value is empty or has letters, digits, '-', '_' and '.', with a letter or digit at both ends, such as 'my_value'",
};

function problemsBy({ longest, matches, rule }: Rule, text: string): readonly string[] {
  const tooLong = Buffer.byteLength(text) > longest;
  return [...(tooLong ? [`must be no more than ${longest} characters`] : []), ...(matches(text) ? [] : [rule])];
}

const by = (rule: Rule, patternLength: number) => ({
  problems: (text: string) => problemsBy(rule, text),
  patternLength,
});

/** The start of a name: a dash at its end will be followed by something, so nothing is asked of what is before it. */
const prefixBy = (rule: Rule, patternLength: number) => ({
  problems: (text: string) => problemsBy(rule, text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text),
  patternLength,
});

const simply = (isValid: (text: string) => boolean, problem: string, patternLength: number) => ({
  problems: (text: string) => (isValid(text) ? [] : [problem]),
  patternLength,
});

function qualifiedNameProblems(text: string): readonly string[] {
  const parts = text.split('/');
  const [name = '', prefix] = parts.toReversed();
  if (parts.length > 2)
    return [`a qualified name is a name, or a DNS subdomain, '/' and a name: ${qualifiedNamePart.rule}`];
  const prefixProblems = prefix === '' ? ['must be non-empty'] : problemsBy(subdomain, prefix ?? 'none');
  const nameProblems = name === '' ? ['must be non-empty'] : problemsBy(qualifiedNamePart, name);
  return [
    ...prefixProblems.map((problem) => `prefix part: ${problem}`),
    ...nameProblems.map((problem) => `name part: ${problem}`),
  ];
}

function uriProblems(text: string): readonly string[] {
  const parsing = parseUrl(text);
  return parsing.kind === 'url' ? [] : [parsing.problem];
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined;
const isDateTime = (text: string): boolean => parseTimestamp(text.replace('t', 'T').replace('z', 'Z')) !== undefined;

/** By the name that `format.<name>()` and `format.named` know them by. */
export const namedFormats: ReadonlyMap<string, NamedFormat> = new Map(
  Object.entries({
    dns1123Label: by(label, 30),
    dns1123Subdomain: by(subdomain, 60),
    dns1035Label: by(label1035, 30),
    qualifiedName: { problems: qualifiedNameProblems, patternLength: 60 },
    dns1123LabelPrefix: prefixBy(label, 30),
    dns1123SubdomainPrefix: prefixBy(subdomain, 60),
    dns1035LabelPrefix: prefixBy(label1035, 30),
    labelValue: by(labelValue, 40),
    uri: { problems: uriProblems, patternLength: 1103 },
    uuid: simply((text) => UUID.test(text), 'does not match the UUID format', 70),
    byte: simply((text) => BASE64.test(text), 'invalid base64', 84),
    date: simply(isDate, 'invalid date', 72),
    datetime: simply(isDateTime, 'invalid datetime', 72),
  }).map(([name, format]) => [name, { name, ...format }]),
);
