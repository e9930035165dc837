import { v7, validate } from 'uuid';

/** A new id: UUIDv7 (RFC 9562), so that keys of rows made together lie together in an index. */
export const newId = (): string => v7();

/** Whether a text is a UUID of any version. Callers send ids from outside; ask before handing one to a `uuid` column. */
export const isId = (text: string): boolean => validate(text);
