import { isId } from '@kontor/kit/src/ids.ts';
import { COMPANY_STATUSES, isTimeZone, type Company, type CompanyStatus } from '../../domain/companies/company.ts';
import { readText, type Read } from '../read-input.ts';

export const MAX_COMPANY_NAME_LENGTH = 200;
export const MAX_TAX_ID_LENGTH = 50;
const MAX_REFERENCE_LENGTH = 100;

/** A text that may be absent: undefined stays, null or an empty one clears. */
export function readOptional(
  text: string | null | undefined,
  field: string,
  maximum: number,
): Read<string | null | undefined> {
  if (text === undefined || text === null || text.trim() === '')
    return { value: text === undefined ? undefined : null };
  return readText(text, field, maximum);
}

/** An id in another system. */
export const readReference = (text: string | null | undefined, field = 'externalReference') =>
  readOptional(text, field, MAX_REFERENCE_LENGTH);

const fault = (field: string, code: string, message: string) => ({ fault: { code, message, field } });

/** A company as a client sends it: absent fields stay, null clears. */
export interface CompanyChangeInput {
  readonly name?: string | null | undefined;
  readonly taxId?: string | null | undefined;
  readonly parentId?: string | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly status?: CompanyStatus | null | undefined;
  readonly timeZone?: string | null | undefined;
}

/** A change of a company: absent fields stay. */
export type CompanyChange = {
  readonly [Field in Exclude<keyof Company, 'id' | 'version'>]?: Company[Field] | undefined;
};

/** Reads a change of a company. @returns the change, or the first field that breaks a rule. */
export function readCompany(input: CompanyChangeInput): Read<CompanyChange> {
  const { parentId, status, timeZone } = input;
  const name = input.name == null ? { value: undefined } : readText(input.name, 'name', MAX_COMPANY_NAME_LENGTH);
  const taxId = readOptional(input.taxId, 'taxId', MAX_TAX_ID_LENGTH);
  const externalReference = readReference(input.externalReference);
  for (const read of [name, taxId, externalReference]) if ('fault' in read) return read;
  if (parentId != null && !isId(parentId)) return fault('parentId', 'UNKNOWN_PARENT', 'There is no such company.');
  if (timeZone != null && !isTimeZone(timeZone))
    return fault('timeZone', 'INVALID_TIME_ZONE', 'A time zone is a name such as Europe/Berlin.');
  if (status != null && !COMPANY_STATUSES.includes(status))
    return fault('status', 'INVALID_STATUS', 'A company is ACTIVE or BLOCKED.');
  const value = {
    name: (name as { value: string | undefined }).value,
    taxId: (taxId as { value: string | null | undefined }).value,
    externalReference: (externalReference as { value: string | null | undefined }).value,
    parentId: parentId?.toLowerCase() ?? (parentId === null ? null : undefined),
    status: status ?? undefined,
    timeZone: timeZone ?? undefined,
  };
  return { value };
}

/** The values of what is there with a change applied: what the change does not name stays. */
export function changed<Values extends object>(
  before: Values,
  change: { readonly [Field in keyof Values]?: Values[Field] | undefined },
): Values {
  const after = { ...before };
  for (const field of Object.keys(before) as (keyof Values)[])
    if (change[field] !== undefined) after[field] = change[field];
  return after;
}
