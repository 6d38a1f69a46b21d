import type { KubeObject } from '@ocm/api';
import { KubeError, type Selection } from '@ocm/kube';

type Predicate = (object: KubeObject) => boolean;

const KEY = '([A-Za-z0-9_./-]+)';
const PRESENCE = new RegExp(`^(!?)${KEY}$`);
const EQUALITY = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*([A-Za-z0-9_.-]*)$`);
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const FIELD_TERM = /^(metadata\.name|metadata\.namespace)\s*(==|=|!=)\s*([A-Za-z0-9_.-]*)$/;

/**
 * Which objects of a store are selected: by namespace, label selector, and the fields `metadata.name` and `metadata.namespace`
 * (cloudevents-grpc 9.6).
 *
 * @throws KubeError `bad-request` for a selector that is not understood
 */
export function selects({ namespace = '', labelSelector = '', fieldSelector = '' }: Selection): Predicate {
  const terms = [
    ...termsOf(labelSelector).map((term) => labelTerm(term, labelSelector)),
    ...termsOf(fieldSelector).map((term) => fieldTerm(term, fieldSelector)),
  ];
  return (object) =>
    (namespace === '' || object.metadata.namespace === namespace) && terms.every((isMet) => isMet(object));
}

/** Commas separate terms, but not within the brackets of a set. */
function termsOf(selector: string): readonly string[] {
  return selector
    .split(/,(?![^()]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function labelTerm(term: string, selector: string): Predicate {
  const predicate = presence(term) ?? equality(term) ?? membership(term);
  if (predicate === undefined) throw notUnderstood('label', selector);
  return predicate;
}

function presence(term: string): Predicate | undefined {
  const [, absent, key] = PRESENCE.exec(term) ?? [];
  if (key === undefined) return undefined;
  return ({ metadata }) => (metadata.labels?.[key] === undefined) === (absent === '!');
}

function equality(term: string): Predicate | undefined {
  const [, key, operator, value] = EQUALITY.exec(term) ?? [];
  if (key === undefined) return undefined;
  return ({ metadata }) => (metadata.labels?.[key] === value) !== (operator === '!=');
}

function membership(term: string): Predicate | undefined {
  const [, key, operator, list = ''] = SET.exec(term) ?? [];
  if (key === undefined) return undefined;
  const values = new Set<string | undefined>(list.split(',').map((value) => value.trim()));
  return ({ metadata }) => values.has(metadata.labels?.[key]) !== (operator === 'notin');
}

function fieldTerm(term: string, selector: string): Predicate {
  const [, field, operator, value = ''] = FIELD_TERM.exec(term) ?? [];
  if (field === undefined) throw notUnderstood('field', selector);
  const member = field === 'metadata.name' ? 'name' : 'namespace';
  const isEqual = ({ metadata }: KubeObject): boolean => (metadata[member] ?? '') === value;
  return operator === '!=' ? (object) => !isEqual(object) : isEqual;
}

function notUnderstood(kind: 'label' | 'field', selector: string): KubeError {
  const allowed = kind === 'field' ? '; allowed are metadata.name and metadata.namespace' : '';
  return new KubeError(`${kind} selector "${selector}" is not understood${allowed}`, {
    code: 'bad-request',
    status: 400,
  });
}
