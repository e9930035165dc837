/** How many codes a cart may have. */
export const MAX_CODES = 10;

/** How many codes that nobody knows may be tried in a cart within an hour: more is guessing. */
export const MAX_UNKNOWN_CODES = 20;

/** What a code can look like, in capitals. Nothing else was ever given out, and nobody needs to be asked about it. */
const SHAPE = /^[A-Z0-9][A-Z0-9_-]{2,63}$/;

/** Codes as they are kept: in capitals, without the space that copying leaves around them, each once. */
export const normalCodes = (entered: readonly string[]): string[] => [
  ...new Set(entered.map((code) => code.trim().toUpperCase()).filter((code) => code !== '')),
];

/** Whether a code in capitals can be one at all. */
export const isShapedLikeCode = (code: string): boolean => SHAPE.test(code);

/** A code that there is none of, one that was switched off and one of a draft are alike: who tries codes must not learn which exist. */
const UNKNOWN: ReadonlySet<string> = new Set(['CODE_UNKNOWN', 'NO_CODE', 'NOT_ACTIVE']);

/** Whether what prices says of a new code means that nobody can use it. */
export const isUnknownCode = (status: string): boolean => UNKNOWN.has(status);

/** What a shopper is told of such a code. */
export const UNKNOWN_CODE = { status: 'CODE_UNKNOWN', message: 'This code is not valid.' } as const;
