import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { countConsents, findConsents, insertConsent } from '../../data/profile/details.ts';
import { MOST_CONSENT_ROWS, MOST_CONSENTS, type Consent, type ConsentSource } from '../../domain/profile/consent.ts';
import type { Customer } from '../../domain/profile/customer.ts';
import { isCode } from '../../domain/profile/segment-rule.ts';
import { readText, type Read } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { changeProfile, type Change } from './changed-profile.ts';

const MAX_TEXT_VERSION = 100;
const MAX_PROOF = 500;

/** A consent, or its withdrawal, as a client sends it. */
export interface ConsentInput {
  readonly purpose: string;
  readonly channel: string;
  readonly isGranted: boolean;
  readonly textVersion?: string | null | undefined;
  readonly proof?: string | null | undefined;
}

/** Who records it. */
export interface Recorder {
  readonly source: ConsentSource;
  /** The caller's subject. */
  readonly recordedBy: string;
}

export type ConsentOutcome =
  | { readonly __typename: 'ConsentRecorded'; readonly consent: Consent | null; readonly customer: Customer }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>;

const NO_CUSTOMER = notFound('There is no such customer.', ['input', 'customerId']);
const TOO_MANY = invalidInput('TOO_MANY_CONSENTS', 'No more consents can be recorded for this person.', [
  'input',
  'purpose',
]);

/**
 * Adds a consent or a withdrawal to the history of a person. What already holds is not recorded again, also when many say it at once,
 * unless another text was agreed to; the withdrawal of what was never given is none. A withdrawal is always recorded: the bound of the
 * history is for consents.
 */
export async function recordConsent(
  db: Database,
  customerId: string,
  input: ConsentInput,
  recorder: Recorder,
): Promise<ConsentOutcome> {
  const purpose = readCode(input.purpose, 'purpose');
  const channel = readCode(input.channel, 'channel');
  const textVersion = readOptional(input.textVersion, 'textVersion', MAX_TEXT_VERSION);
  const proof = readOptional(input.proof, 'proof', MAX_PROOF);
  const refusal = refusalOf(purpose, channel, textVersion, proof);
  if (refusal) return refusal;
  if (!isId(customerId)) return NO_CUSTOMER;
  const consent = {
    purpose: valueOf(purpose),
    channel: valueOf(channel),
    isGranted: input.isGranted,
    textVersion: valueOf(textVersion),
    proof: valueOf(proof),
    ...recorder,
  };
  const result = await changeProfile(
    db,
    customerId,
    async (tx, { id }): Promise<Change<Consent | typeof TOO_MANY | null>> => {
      const current = await findConsents(tx, [id]);
      const known = current.find((each) => each.purpose === consent.purpose && each.channel === consent.channel);
      if (holds(known, consent)) return { outcome: known ?? null, changed: false };
      if (consent.isGranted) {
        const isNew = known === undefined && current.length >= MOST_CONSENTS;
        if (isNew || (await countConsents(tx, id)) >= MOST_CONSENT_ROWS) return { outcome: TOO_MANY, changed: false };
      }
      return { outcome: await insertConsent(tx, id, consent), changed: true };
    },
  );
  if (!result) return NO_CUSTOMER;
  const { outcome, customer } = result;
  if (outcome !== null && '__typename' in outcome) return outcome;
  return { __typename: 'ConsentRecorded', consent: outcome, customer };
}

function holds(known: Consent | undefined, next: Pick<Consent, 'isGranted' | 'textVersion'>): boolean {
  if (!next.isGranted) return known?.isGranted !== true;
  return known?.isGranted === true && (next.textVersion === null || next.textVersion === known.textVersion);
}

const readCode = (text: string, field: string): Read<string> =>
  isCode(text)
    ? { value: text }
    : { fault: { code: 'INVALID_CODE', message: `${field} is a code in lower case, such as newsletter.`, field } };

const readOptional = (text: string | null | undefined, field: string, maximum: number): Read<string | null> =>
  text?.trim() ? readText(text, field, maximum) : { value: null };
