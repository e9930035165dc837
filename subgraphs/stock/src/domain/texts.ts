const KEY = /^[^\p{Cc}]{1,200}$/u;

/** Whether a text can be a key or reference that a caller chose: 1 to 200 characters, none of them a control character. */
export const isKey = (text: string): boolean => KEY.test(text);

/** Whether a text can be kept: at most 500 characters and no control character, which PostgreSQL or a log might trip over. */
export const isPlainText = (text: string): boolean => text.length <= 500 && !/\p{Cc}/u.test(text);
