import { REGISTER_SCOPES } from './keys.ts';

/** Somebody who works in the demo's stores, and signs in at a register with a code and a PIN, which protect nothing. */
export interface DemoStaff {
  readonly code: string;
  readonly name: string;
  readonly pin: string;
  readonly scopes: readonly string[];
  readonly locationCodes: readonly string[];
}

export const STAFF: readonly DemoStaff[] = [
  {
    code: '1001',
    name: 'Nora Albrecht',
    pin: '702418',
    scopes: REGISTER_SCOPES,
    locationCodes: ['berlin-mitte'],
  },
  {
    code: '1002',
    name: 'Emre Aydın',
    pin: '385190',
    scopes: REGISTER_SCOPES,
    locationCodes: ['berlin-mitte', 'hamburg'],
  },
];
